package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.RgbImage;
import java.util.Objects;

/**
 * A picture that steers the composition through one of the model's control networks.
 *
 * @param network the control network's name in the model, such as {@code controlnet}
 * @param picture the picture, of the size to make
 * @param scale how strongly it steers; 1 is usual, 0 switches it off
 * @param start the share of the steps after which it begins to steer, 0 to 1
 * @param end the share of the steps at which it ends, {@code start} to 1
 */
public record ControlPicture(String network, RgbImage picture, double scale, double start, double end) {

    /**
     * Checks the ranges.
     *
     * @throws InvalidInputException with {@code invalid-request} if a number is out of range
     */
    public ControlPicture {
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(picture, "picture");
        if (!(Double.isFinite(scale) && start >= 0 && start <= end && end <= 1)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "A control picture has scale " + scale + ", start " + start + " and end " + end
                            + "; the scale must be finite, and 0 <= start <= end <= 1");
        }
    }

    /** How strongly it steers one of the calls. */
    double scaleAt(int call, int calls) {
        boolean off = (double) call / calls < start || (double) (call + 1) / calls > end;
        return off ? 0 : scale;
    }
}
