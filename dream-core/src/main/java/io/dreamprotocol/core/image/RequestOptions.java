package io.dreamprotocol.core.image;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The settings that few requests need. Each is left out of the canonical encoding where it is not used, so a request without
 * them has the same digest as before there were any.
 *
 * @param styles style models on top of the base model, in order; at most {@link #MAX_STYLES}
 * @param initialImage the image to begin with instead of pure noise
 * @param controls images that steer the composition through the model's control networks; at most {@link #MAX_CONTROLS}
 * @param hires a second pass at a larger size
 * @param clipSkip how many of the text encoder's last layers to leave out, 0 to 11
 * @param noise where noise comes from
 * @param eta the share of noise added back by schedulers that allow it, 0 to 1; the scheduler's own if open
 * @param tiling whether the image's edges fit each other, so that copies of it tile a plane
 * @param recipient the public key, 32 bytes of X25519, to which the image and its receipt are sealed before they are stored; if open,
 *     whoever has their CIDs can read them
 * @param refinerSwitch the share of the way from noise to image, above 0 and below 1, after which the model's refiner takes over; if
 *     open, the base model goes all the way. In a request with a second pass, the refiner takes part in that one alone
 */
public record RequestOptions(
        List<StyleUse> styles,
        Optional<InitialImage> initialImage,
        List<ControlInput> controls,
        Optional<HiresPass> hires,
        int clipSkip,
        NoiseOptions noise,
        OptionalDouble eta,
        boolean tiling,
        Optional<Bytes> recipient,
        OptionalDouble refinerSwitch) {
    /** No option used. */
    public static final RequestOptions NONE = new RequestOptions(
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            0,
            NoiseOptions.DEFAULT,
            OptionalDouble.empty(),
            false,
            Optional.empty(),
            OptionalDouble.empty());

    /** The most style models of a request. */
    public static final int MAX_STYLES = 16;

    /** The most control images of a request. */
    public static final int MAX_CONTROLS = 8;

    private static final int MAX_CLIP_SKIP = 11;

    private static final int RECIPIENT_BYTES = 32;

    /**
     * Checks the ranges and copies the lists.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST}
     */
    public RequestOptions {
        styles = List.copyOf(styles);
        Objects.requireNonNull(initialImage, "initialImage");
        controls = List.copyOf(controls);
        Objects.requireNonNull(hires, "hires");
        Objects.requireNonNull(noise, "noise");
        Objects.requireNonNull(eta, "eta");
        Objects.requireNonNull(refinerSwitch, "refinerSwitch");
        check(styles.size() <= MAX_STYLES, "A request has at most " + MAX_STYLES + " style models");
        check(controls.size() <= MAX_CONTROLS, "A request has at most " + MAX_CONTROLS + " control images");
        check(clipSkip >= 0 && clipSkip <= MAX_CLIP_SKIP, "Clip skip lies between 0 and " + MAX_CLIP_SKIP);
        check(eta.isEmpty() || (eta.getAsDouble() >= 0 && eta.getAsDouble() <= 1), "Eta lies between 0 and 1");
        check(
                refinerSwitch.isEmpty() || (refinerSwitch.getAsDouble() > 0 && refinerSwitch.getAsDouble() < 1),
                "The share after which the refiner takes over lies above 0 and below 1");
        check(
                recipient.isEmpty() || recipient.get().length() == RECIPIENT_BYTES,
                "A recipient's public key has " + RECIPIENT_BYTES + " bytes");
    }

    static void check(boolean allowed, String message) {
        if (!allowed) {
            throw new InvalidInputException(ErrorCode.INVALID_REQUEST, message);
        }
    }

    /**
     * Changes the style models.
     *
     * @param uses the style models in order
     * @return the changed options
     */
    public RequestOptions withStyles(List<StyleUse> uses) {
        return new RequestOptions(
                uses, initialImage, controls, hires, clipSkip, noise, eta, tiling, recipient, refinerSwitch);
    }

    /**
     * Changes the initial image.
     *
     * @param image the image to begin with
     * @return the changed options
     */
    public RequestOptions withInitialImage(InitialImage image) {
        return new RequestOptions(
                styles, Optional.of(image), controls, hires, clipSkip, noise, eta, tiling, recipient, refinerSwitch);
    }

    /**
     * Changes the control images.
     *
     * @param inputs the control images
     * @return the changed options
     */
    public RequestOptions withControls(List<ControlInput> inputs) {
        return new RequestOptions(
                styles, initialImage, inputs, hires, clipSkip, noise, eta, tiling, recipient, refinerSwitch);
    }

    /**
     * Changes the second pass.
     *
     * @param pass the second pass
     * @return the changed options
     */
    public RequestOptions withHires(HiresPass pass) {
        return new RequestOptions(
                styles,
                initialImage,
                controls,
                Optional.of(pass),
                clipSkip,
                noise,
                eta,
                tiling,
                recipient,
                refinerSwitch);
    }

    /**
     * Changes how many of the text encoder's last layers are left out.
     *
     * @param layers the number of layers
     * @return the changed options
     */
    public RequestOptions withClipSkip(int layers) {
        return new RequestOptions(
                styles, initialImage, controls, hires, layers, noise, eta, tiling, recipient, refinerSwitch);
    }

    /**
     * Changes where noise comes from.
     *
     * @param options the noise's options
     * @return the changed options
     */
    public RequestOptions withNoise(NoiseOptions options) {
        return new RequestOptions(
                styles, initialImage, controls, hires, clipSkip, options, eta, tiling, recipient, refinerSwitch);
    }

    /**
     * Changes the share of noise added back.
     *
     * @param share the share
     * @return the changed options
     */
    public RequestOptions withEta(double share) {
        return new RequestOptions(
                styles,
                initialImage,
                controls,
                hires,
                clipSkip,
                noise,
                OptionalDouble.of(share),
                tiling,
                recipient,
                refinerSwitch);
    }

    /**
     * Changes whether the image tiles.
     *
     * @param seamless true if its edges should fit each other
     * @return the changed options
     */
    public RequestOptions withTiling(boolean seamless) {
        return new RequestOptions(
                styles, initialImage, controls, hires, clipSkip, noise, eta, seamless, recipient, refinerSwitch);
    }

    /**
     * Changes to whom the image is sealed.
     *
     * @param publicKey the recipient's public key, from {@link io.dreamprotocol.core.storage.SealKey#publicKey()}; nothing for an image that
     *     everybody may see
     * @return the changed options
     */
    public RequestOptions withRecipient(Optional<Bytes> publicKey) {
        return new RequestOptions(
                styles, initialImage, controls, hires, clipSkip, noise, eta, tiling, publicKey, refinerSwitch);
    }

    /**
     * Changes when the model's refiner takes over.
     *
     * @param share the share of the way from noise to image, above 0 and below 1
     * @return the changed options
     */
    public RequestOptions withRefinerSwitch(double share) {
        return new RequestOptions(
                styles,
                initialImage,
                controls,
                hires,
                clipSkip,
                noise,
                eta,
                tiling,
                recipient,
                OptionalDouble.of(share));
    }
}
