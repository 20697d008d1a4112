package io.dreamprotocol.core.image;

import io.dreamprotocol.core.storage.Cid;
import java.util.Objects;

/**
 * An image that steers the composition through one of the model's control networks.
 *
 * @param network the control network's name in the model, for example {@code controlnet}
 * @param image the CID of an image file; it is scaled to the request's size
 * @param scale how strongly it steers, 0 to 10
 * @param start the share of the steps after which it begins, 0 to 1
 * @param end the share of the steps at which it ends, from {@code start} to 1
 */
public record ControlInput(String network, Cid image, double scale, double start, double end) {
    private static final double MAX_SCALE = 10;

    /**
     * Checks the ranges.
     *
     * @throws io.dreamprotocol.core.error.InvalidInputException with {@code invalid-request}
     */
    public ControlInput {
        Objects.requireNonNull(image, "image");
        RequestOptions.check(
                network.matches("[A-Za-z0-9_]{1,64}"), "A control network's name has 1 to 64 letters, digits or _");
        RequestOptions.check(scale >= 0 && scale <= MAX_SCALE, "A control image's scale lies between 0 and 10");
        RequestOptions.check(
                start >= 0 && start <= end && end <= 1,
                "A control image steers from a share of the steps to a later one");
    }
}
