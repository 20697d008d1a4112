package io.dreamprotocol.core.image;

import io.dreamprotocol.core.error.DreamException;
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
        Optional<String> scheduler) {
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
                Optional.empty());
    }

    /**
     * Changes the negative prompt.
     *
     * @param text what the image should not show
     * @return the changed request
     */
    public GenerationRequest withNegativePrompt(String text) {
        return new GenerationRequest(prompt, text, model, width, height, steps, guidanceScale, seed, scheduler);
    }

    /**
     * Changes the model.
     *
     * @param name the model's name
     * @return the changed request
     */
    public GenerationRequest withModel(String name) {
        return new GenerationRequest(
                prompt, negativePrompt, Optional.of(name), width, height, steps, guidanceScale, seed, scheduler);
    }

    /**
     * Changes the width.
     *
     * @param pixels the width in pixels
     * @return the changed request
     */
    public GenerationRequest withWidth(int pixels) {
        return new GenerationRequest(
                prompt, negativePrompt, model, OptionalInt.of(pixels), height, steps, guidanceScale, seed, scheduler);
    }

    /**
     * Changes the height.
     *
     * @param pixels the height in pixels
     * @return the changed request
     */
    public GenerationRequest withHeight(int pixels) {
        return new GenerationRequest(
                prompt, negativePrompt, model, width, OptionalInt.of(pixels), steps, guidanceScale, seed, scheduler);
    }

    /**
     * Changes the number of steps.
     *
     * @param count the number of denoising steps
     * @return the changed request
     */
    public GenerationRequest withSteps(int count) {
        return new GenerationRequest(
                prompt, negativePrompt, model, width, height, OptionalInt.of(count), guidanceScale, seed, scheduler);
    }

    /**
     * Changes the guidance scale.
     *
     * @param scale the scale; 1 switches guidance off
     * @return the changed request
     */
    public GenerationRequest withGuidanceScale(double scale) {
        return new GenerationRequest(
                prompt, negativePrompt, model, width, height, steps, OptionalDouble.of(scale), seed, scheduler);
    }

    /**
     * Changes the seed.
     *
     * @param value the seed
     * @return the changed request
     */
    public GenerationRequest withSeed(long value) {
        return new GenerationRequest(
                prompt, negativePrompt, model, width, height, steps, guidanceScale, OptionalLong.of(value), scheduler);
    }

    /**
     * Changes the scheduler.
     *
     * @param name the scheduler's name in any of its spellings
     * @return the changed request
     */
    public GenerationRequest withScheduler(String name) {
        return new GenerationRequest(
                prompt, negativePrompt, model, width, height, steps, guidanceScale, seed, Optional.of(name));
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
                scheduler.map(descriptor::canonicalScheduler).orElse(defaults.scheduler()));
        descriptor.limits().check(complete.width(), complete.height());
        return complete;
    }
}
