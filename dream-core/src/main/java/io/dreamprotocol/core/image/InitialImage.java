package io.dreamprotocol.core.image;

import io.dreamprotocol.core.storage.Cid;
import java.util.Objects;
import java.util.Optional;

/**
 * The image to begin with instead of pure noise, and which part of it to paint anew.
 *
 * @param image the CID of an image file; it is scaled to the request's size
 * @param strength how far to go back towards noise, above 0 to 1: the share of the steps that run
 * @param mask the CID of an image file whose white parts are painted anew; all of the image if there is none
 */
public record InitialImage(Cid image, double strength, Optional<Cid> mask) {
    /**
     * Checks the range.
     *
     * @throws io.dreamprotocol.core.error.InvalidInputException with {@code invalid-request}
     */
    public InitialImage {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(mask, "mask");
        RequestOptions.check(
                strength > 0 && strength <= 1, "The strength of an initial image lies above 0 and up to 1");
    }
}
