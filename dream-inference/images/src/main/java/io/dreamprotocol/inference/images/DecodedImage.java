package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.image.GreyImage;
import io.dreamprotocol.core.image.RgbImage;
import java.util.Objects;
import java.util.Optional;

/**
 * The picture of an image file, upright.
 *
 * @param image the colours, also of pixels that are transparent
 * @param alpha how opaque each pixel is, if the file says; of the same size
 */
public record DecodedImage(RgbImage image, Optional<GreyImage> alpha) {
    /** Checks that both have the same size. */
    public DecodedImage {
        Objects.requireNonNull(image, "image");
        if (alpha.isPresent()
                && (alpha.get().width() != image.width() || alpha.get().height() != image.height())) {
            throw new IllegalArgumentException("The alpha channel has another size than the picture");
        }
    }
}
