package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.GreyImage;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.inference.images.DecodedImage;
import io.dreamprotocol.inference.images.ImageFiles;
import io.dreamprotocol.inference.images.Resampling;

/** The pictures that a request names by CID, in the size that a pass needs. */
interface RequestPictures {
    /** Black pictures instead of those that are named, to check a request before any is read. */
    RequestPictures BLANK =
            (cid, background, width, height) -> RgbImage.of(width, height, new byte[width * height * Pixels.CHANNELS]);

    /** What transparent parts show. */
    enum Background {
        BLACK(0),
        WHITE(255);

        private final int value;

        Background(int value) {
            this.value = value;
        }
    }

    /** Pictures from image files. */
    static RequestPictures of(BlobSource blobs) {
        return (cid, background, width, height) -> {
            DecodedImage decoded = ImageFiles.read(blobs.read(cid, ImageFiles.MAX_BYTES));
            RgbImage opaque = decoded.alpha()
                    .map(alpha -> over(decoded.image(), alpha, background))
                    .orElse(decoded.image());
            return opaque.width() == width && opaque.height() == height
                    ? opaque
                    : Resampling.LANCZOS.resize(opaque, width, height);
        };
    }

    /** A picture, scaled to a size. */
    RgbImage picture(Cid cid, Background background, int width, int height);

    private static RgbImage over(RgbImage image, GreyImage alpha, Background background) {
        byte[] rgb = image.toArray();
        byte[] opacity = alpha.toArray();
        for (int i = 0; i < rgb.length; i++) {
            int opaque = opacity[i / Pixels.CHANNELS] & 0xFF;
            int sum = (rgb[i] & 0xFF) * opaque + background.value * (255 - opaque);
            rgb[i] = (byte) ((sum + 127) / 255);
        }
        return RgbImage.of(image.width(), image.height(), rgb);
    }
}
