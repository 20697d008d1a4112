package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.RgbImage;
import java.util.Objects;
import java.util.Optional;

/**
 * The picture to begin with instead of pure noise, and which part of it to paint anew.
 *
 * @param picture the picture, of the size to make
 * @param strength how far to go back towards noise: the share of the steps that run, above 0 to 1
 * @param mask a picture of the same size, which is painted anew where it is at least half white; if there is none, all of it
 *     is
 */
public record InitialPicture(RgbImage picture, double strength, Optional<RgbImage> mask) {

    /**
     * Checks the strength and the mask's size.
     *
     * @throws InvalidInputException with {@code invalid-request} if the strength is out of range, with {@code invalid-size}
     *     if the mask has another size than the picture
     */
    public InitialPicture {
        Objects.requireNonNull(picture, "picture");
        Objects.requireNonNull(mask, "mask");
        if (!(strength > 0 && strength <= 1)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, "The strength is " + strength + "; it must be above 0 and at most 1");
        }
        if (mask.isPresent()
                && (mask.get().width() != picture.width() || mask.get().height() != picture.height())) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_SIZE,
                    "The mask is " + mask.get().width() + "x" + mask.get().height() + ", but the picture is "
                            + picture.width() + "x" + picture.height() + "; give a mask of the picture's size");
        }
    }
}
