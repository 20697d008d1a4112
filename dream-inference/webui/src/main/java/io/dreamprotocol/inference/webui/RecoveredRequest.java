package io.dreamprotocol.inference.webui;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.Infotext;
import io.dreamprotocol.core.receipt.SealedImage;
import io.dreamprotocol.inference.images.ImageFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The request that an image was made by, read back from its file to make the same image again.
 *
 * @param request what to ask for; settings that the file does not say are left open, and the files that a receipt's request names by
 *     CID are not attached
 * @param exact the very request, if the image carries a receipt that is in order; its model is then named by digest
 * @param modelHash how the file names the model beyond doubt, if it does: in the web UI the first ten hexadecimal digits of the
 *     checkpoint's SHA-256 digest, in images of this protocol those of the model's digest
 * @param initialStrength the strength of the picture that the image began with, if the file says so; the picture itself is in no
 *     file, so {@code unmet} names it
 * @param styleHashes which files its style models and words of its own were, as far as the file says so; whoever adds files to the
 *     request compares them
 * @param unmet everything that the file says and {@code request} cannot ask for; empty if the same image will come out
 */
public record RecoveredRequest(
        GenerationRequest request,
        Optional<CanonicalRequest> exact,
        Optional<String> modelHash,
        OptionalDouble initialStrength,
        List<StyleHash> styleHashes,
        List<UnmetSetting> unmet) {
    private static final int HASH_DIGITS = 10;

    /** Copies the lists. */
    public RecoveredRequest {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(exact, "exact");
        Objects.requireNonNull(modelHash, "modelHash");
        Objects.requireNonNull(initialStrength, "initialStrength");
        styleHashes = List.copyOf(styleHashes);
        unmet = List.copyOf(unmet);
    }

    /**
     * Reads an image file's bytes: the request of its receipt if it carries one, else its generation parameters.
     *
     * @param file the whole file
     * @return the request; if there is a receipt but it does not fit the image, {@code unmet} says so and the parameters were taken
     * @throws NotFoundException with {@link ErrorCode#PARAMETERS_MISSING} if the file does not say how it was made
     * @throws CorruptDataException with {@link ErrorCode#IMAGE_MALFORMED} or {@link ErrorCode#PNG_MALFORMED} if it is no image, or
     *     one whose structure is damaged
     * @throws UnsupportedException with {@link ErrorCode#UNSUPPORTED} if it is an image of a kind that is not read here
     */
    public static RecoveredRequest read(byte[] file) {
        Optional<String> text = ImageFiles.parameters(file);
        Optional<UnmetSetting> broken = Optional.empty();
        if (isPng(file)) {
            try {
                return of(SealedImage.verify(file).request());
            } catch (DreamException e) {
                if (e.code() != ErrorCode.RECEIPT_MISSING) {
                    broken = Optional.of(new UnmetSetting("Receipt", "not in order", e.getMessage()));
                }
            }
        }
        RecoveredRequest parsed = text.map(RecoveredRequest::parse)
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.PARAMETERS_MISSING, "The image does not say how it was made; give a prompt instead"));
        return broken.map(parsed::withUnmet).orElse(parsed);
    }

    /** Of the images that can be read, only those in PNG begin so. */
    private static boolean isPng(byte[] image) {
        return image[0] == (byte) 0x89;
    }

    private static RecoveredRequest of(CanonicalRequest exact) {
        GenerationRequest request = GenerationRequest.of(exact.prompt())
                .withNegativePrompt(exact.negativePrompt())
                .withModel(exact.model().name())
                .withWidth(exact.width())
                .withHeight(exact.height())
                .withSteps(exact.steps())
                .withGuidanceScale(exact.guidanceScale())
                .withSeed(exact.seed())
                .withScheduler(exact.scheduler())
                .withOptions(exact.options());
        String hash = exact.model().digest().toHex().substring(0, HASH_DIGITS);
        return new RecoveredRequest(
                request, Optional.of(exact), Optional.of(hash), OptionalDouble.empty(), List.of(), List.of());
    }

    /**
     * Reads generation parameters in the text form of the AUTOMATIC1111 web UI, of any of its versions.
     *
     * @param parameters the text
     * @return the request; a text without settings asks for its prompt alone
     */
    public static RecoveredRequest parse(String parameters) {
        return new WebUiSettings(Infotext.parse(parameters)).recover();
    }

    private RecoveredRequest withUnmet(UnmetSetting further) {
        List<UnmetSetting> all = new ArrayList<>(unmet);
        all.addFirst(further);
        return new RecoveredRequest(request, exact, modelHash, initialStrength, styleHashes, all);
    }
}
