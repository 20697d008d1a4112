package io.dreamprotocol.core.image;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a user asks for: a prompt, and as many settings as they care about. What is left open follows from the model.
 *
 * <p>Checked when it meets a model ({@link #complete}), because only then is it known what is allowed.
 *
 * @param prompt what the image should show
 * @param negativePrompt what it should not show; may be empty
 * @param model the model's name, or the only or first one on offer
 * @param width the width in pixels
 * @param height the height in pixels
 * @param steps the number of denoising steps
 * @param guidanceScale the scale of classifier-free guidance; 1 switches it off
 * @param seed the seed of the noise; a random one if open
 * @param scheduler the scheduler's name in any of its spellings
 * @param options the settings that few requests need
 * @param attachments the files that the options name by CID, to be stored with the request
 */
public record GenerationRequest(
        String prompt,
        String negativePrompt,
        Optional<String> model,
        OptionalInt width,
        OptionalInt height,
        OptionalInt steps,
        OptionalDouble guidanceScale,
        OptionalLong seed,
        Optional<String> scheduler,
        RequestOptions options,
        List<Bytes> attachments) {
    /** Checks that every part is there. */
    public GenerationRequest {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(negativePrompt, "negativePrompt");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(width, "width");
        Objects.requireNonNull(height, "height");
        Objects.requireNonNull(steps, "steps");
        Objects.requireNonNull(guidanceScale, "guidanceScale");
        Objects.requireNonNull(seed, "seed");
        Objects.requireNonNull(scheduler, "scheduler");
        Objects.requireNonNull(options, "options");
        attachments = List.copyOf(attachments);
    }

    /**
     * Asks for a prompt with everything else left open.
     *
     * @param prompt what the image should show
     * @return the request
     */
    public static GenerationRequest of(String prompt) {
        return new GenerationRequest(
                prompt,
                "",
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                RequestOptions.NONE,
                List.of());
    }

    /**
     * Changes the prompt.
     *
     * @param text what the image should show
     * @return the changed request
     */
    public GenerationRequest withPrompt(String text) {
        return new GenerationRequest(
                text,
                negativePrompt,
                model,
                width,
                height,
                steps,
                guidanceScale,
                seed,
                scheduler,
                options,
                attachments);
    }

    /**
     * Changes the negative prompt.
     *
     * @param text what the image should not show
     * @return the changed request
     */
    public GenerationRequest withNegativePrompt(String text) {
        return new GenerationRequest(
                prompt, text, model, width, height, steps, guidanceScale, seed, scheduler, options, attachments);
    }

    /**
     * Changes the model.
     *
     * @param name the model's name
     * @return the changed request
     */
    public GenerationRequest withModel(String name) {
        return new GenerationRequest(
                prompt,
                negativePrompt,
                Optional.of(name),
                width,
                height,
                steps,
                guidanceScale,
                seed,
                scheduler,
                options,
                attachments);
    }

    /**
     * Changes the width.
     *
     * @param pixels the width in pixels
     * @return the changed request
     */
    public GenerationRequest withWidth(int pixels) {
        return new GenerationRequest(
                prompt,
                negativePrompt,
                model,
                OptionalInt.of(pixels),
                height,
                steps,
                guidanceScale,
                seed,
                scheduler,
                options,
                attachments);
    }

    /**
     * Changes the height.
     *
     * @param pixels the height in pixels
     * @return the changed request
     */
    public GenerationRequest withHeight(int pixels) {
        return new GenerationRequest(
                prompt,
                negativePrompt,
                model,
                width,
                OptionalInt.of(pixels),
                steps,
                guidanceScale,
                seed,
                scheduler,
                options,
                attachments);
    }

    /**
     * Changes the number of steps.
     *
     * @param count the number of denoising steps
     * @return the changed request
     */
    public GenerationRequest withSteps(int count) {
        return new GenerationRequest(
                prompt,
                negativePrompt,
                model,
                width,
                height,
                OptionalInt.of(count),
                guidanceScale,
                seed,
                scheduler,
                options,
                attachments);
    }

    /**
     * Changes the guidance scale.
     *
     * @param scale the scale; 1 switches guidance off
     * @return the changed request
     */
    public GenerationRequest withGuidanceScale(double scale) {
        return new GenerationRequest(
                prompt,
                negativePrompt,
                model,
                width,
                height,
                steps,
                OptionalDouble.of(scale),
                seed,
                scheduler,
                options,
                attachments);
    }

    /**
     * Changes the seed.
     *
     * @param value the seed
     * @return the changed request
     */
    public GenerationRequest withSeed(long value) {
        return new GenerationRequest(
                prompt,
                negativePrompt,
                model,
                width,
                height,
                steps,
                guidanceScale,
                OptionalLong.of(value),
                scheduler,
                options,
                attachments);
    }

    /**
     * Changes the scheduler.
     *
     * @param name the scheduler's name in any of its spellings
     * @return the changed request
     */
    public GenerationRequest withScheduler(String name) {
        return new GenerationRequest(
                prompt,
                negativePrompt,
                model,
                width,
                height,
                steps,
                guidanceScale,
                seed,
                Optional.of(name),
                options,
                attachments);
    }

    /**
     * Changes the settings that few requests need, where they name no files; else see the methods that attach.
     *
     * @param changed the options
     * @return the changed request
     */
    public GenerationRequest withOptions(RequestOptions changed) {
        return withOptions(changed, attachments);
    }

    /**
     * Asks that the image and its receipt be sealed before they are stored, so that only the holder of a key can see them. The request
     * itself stays readable, for any worker may do it.
     *
     * @param publicKey the recipient's public key, from {@link io.dreamprotocol.core.storage.SealKey#publicKey()}
     * @return the changed request
     */
    public GenerationRequest privatelyFor(Bytes publicKey) {
        return withOptions(options.withRecipient(Optional.of(publicKey)));
    }

    private GenerationRequest withOptions(RequestOptions changed, List<Bytes> files) {
        return new GenerationRequest(
                prompt, negativePrompt, model, width, height, steps, guidanceScale, seed, scheduler, changed, files);
    }

    private List<Bytes> attached(Bytes file) {
        List<Bytes> files = new ArrayList<>(attachments);
        files.add(file);
        return files;
    }

    /**
     * Adds a LoRA behind the style models that there are.
     *
     * @param name the name that people use for it
     * @param file its file, a {@code .safetensors}
     * @param weight its weight in the denoising network
     * @param textEncoderWeight its weight in the text encoder
     * @return the changed request
     */
    public GenerationRequest withStyle(String name, Bytes file, double weight, double textEncoderWeight) {
        return withStyle(new StyleUse(name, UnixFsFile.cidOf(file.toArray()), weight, textEncoderWeight), file);
    }

    /**
     * Adds a textual inversion behind the style models that there are.
     *
     * @param word the word that stands for it in the prompts
     * @param file its file, a {@code .safetensors}
     * @return the changed request
     */
    public GenerationRequest withWord(String word, Bytes file) {
        return withStyle(StyleUse.word(word, UnixFsFile.cidOf(file.toArray())), file);
    }

    private GenerationRequest withStyle(StyleUse use, Bytes file) {
        List<StyleUse> styles = new ArrayList<>(options.styles());
        styles.add(use);
        return withOptions(options.withStyles(styles), attached(file));
    }

    /**
     * Begins with an image instead of pure noise.
     *
     * @param image an image file
     * @param strength how far to go back towards noise, above 0 to 1
     * @return the changed request
     */
    public GenerationRequest withInitialImage(Bytes image, double strength) {
        Optional<Cid> mask = options.initialImage().flatMap(InitialImage::mask);
        InitialImage initial = new InitialImage(UnixFsFile.cidOf(image.toArray()), strength, mask);
        return withOptions(options.withInitialImage(initial), attached(image));
    }

    /**
     * Paints only a part of the initial image anew.
     *
     * @param mask an image file that is white where the initial image is to be painted anew
     * @return the changed request
     * @throws io.dreamprotocol.core.error.InvalidInputException with {@code invalid-request} if there is no initial image
     */
    public GenerationRequest withMask(Bytes mask) {
        InitialImage initial = options.initialImage()
                .orElseThrow(() -> new InvalidInputException(
                        ErrorCode.INVALID_REQUEST, "A mask needs an initial image; give that first"));
        InitialImage masked =
                new InitialImage(initial.image(), initial.strength(), Optional.of(UnixFsFile.cidOf(mask.toArray())));
        return withOptions(options.withInitialImage(masked), attached(mask));
    }

    /**
     * Adds a control image behind those that there are.
     *
     * @param network the control network's name in the model
     * @param image an image file
     * @param scale how strongly it steers
     * @param start the share of the steps after which it begins
     * @param end the share of the steps at which it ends
     * @return the changed request
     */
    public GenerationRequest withControl(String network, Bytes image, double scale, double start, double end) {
        List<ControlInput> controls = new ArrayList<>(options.controls());
        controls.add(new ControlInput(network, UnixFsFile.cidOf(image.toArray()), scale, start, end));
        return withOptions(options.withControls(controls), attached(image));
    }

    /**
     * Fills in what is open, so that the request means one image exactly.
     *
     * @param descriptor the model that will make it
     * @param randomSeed the seed to use if none was asked for
     * @return the canonical request, checked against the model's limits
     * @throws DreamException saying which setting is wrong and what would fit
     */
    public CanonicalRequest complete(ModelDescriptor descriptor, long randomSeed) {
        ModelDefaults defaults = descriptor.defaults();
        CanonicalRequest complete = new CanonicalRequest(
                prompt,
                negativePrompt,
                descriptor.id(),
                width.orElse(defaults.width()),
                height.orElse(defaults.height()),
                steps.orElse(defaults.steps()),
                guidanceScale.orElse(defaults.guidanceScale()),
                seed.orElse(randomSeed),
                scheduler.map(descriptor::canonicalScheduler).orElse(defaults.scheduler()),
                options);
        descriptor.limits().check(complete.width(), complete.height());
        return complete;
    }
}
