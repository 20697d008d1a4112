package io.dreamprotocol.inference.images;

import java.nio.ByteBuffer;
import org.ngengine.webp.decoder.DecodedWebP;
import org.ngengine.webp.decoder.WebPDecodeException;
import org.ngengine.webp.decoder.WebPDecoder;

/** Reads lossy pictures of WebP files (RFC 6386), with or without transparency, to the same values as libwebp. */
final class LossyWebp {
    private static final int BYTES = 4;

    private LossyWebp() {}

    /**
     * Decodes a picture whose size was checked.
     *
     * @param file a file with one picture and nothing around it
     * @param canvas how large the picture says it is
     */
    static Pixels decode(WebpFile file, WebpFile.Canvas canvas) {
        DecodedWebP decoded;
        try {
            decoded = WebPDecoder.decode(file.toBytes());
        } catch (WebPDecodeException e) {
            throw ImageErrors.malformed("WebP", "its lossy picture is damaged", e);
        }
        ByteBuffer rgba = decoded.rgba;
        int count = canvas.width() * canvas.height();
        if (decoded.width != canvas.width() || decoded.height != canvas.height() || rgba.capacity() != BYTES * count) {
            throw ImageErrors.malformed("WebP", "its picture has another size than it says");
        }
        int[] argb = new int[count];
        for (int i = 0; i < count; i++) {
            // Red, green, blue, alpha, one byte each.
            argb[i] = Integer.rotateRight(rgba.getInt(BYTES * i), Byte.SIZE);
        }
        return Pixels.ofArgb(canvas.width(), canvas.height(), argb, file.has(WebpFile.ALPHA));
    }
}
