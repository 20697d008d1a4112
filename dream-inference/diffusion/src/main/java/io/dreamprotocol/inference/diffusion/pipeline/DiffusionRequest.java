package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What a pipeline is asked to make: one or more pictures for each of one or more prompts, all of one size.
 *
 * <p>Immutable; {@link #builder} begins with the model's own settings.
 */
public final class DiffusionRequest {
    /** The most pictures of one request. */
    public static final int MAX_IMAGES = 64;

    /** The largest guidance scale. */
    public static final double MAX_GUIDANCE = 1000;

    /** The most layers of a text encoder that can be left out. */
    public static final int MAX_CLIP_SKIP = 64;

    private final List<String> prompts;
    private final PromptLanguage language;
    private final Optional<List<String>> negativePrompts;
    private final Optional<List<String>> secondPrompts;
    private final Optional<List<String>> secondNegativePrompts;
    private final int clipSkip;
    private final int imagesPerPrompt;
    private final int width;
    private final int height;
    private final int steps;
    private final Guidance guidance;
    private final SchedulerConfig scheduler;
    private final OptionalDouble eta;
    private final Optional<InitialPicture> initialPicture;
    private final Optional<InitialLatents> initialLatents;
    private final int firstSteps;
    private final Set<String> styleNames;
    private final List<ControlPicture> controls;
    private final Optional<SizeHints> sizeHints;
    private final Optional<SizeHints> negativeSizeHints;
    private final OptionalDouble refinerSwitch;

    private DiffusionRequest(Builder builder) {
        this.prompts = builder.prompts;
        this.language = builder.language;
        this.negativePrompts = builder.negativePrompts;
        this.secondPrompts = builder.secondPrompts;
        this.secondNegativePrompts = builder.secondNegativePrompts;
        this.clipSkip = builder.clipSkip;
        this.initialPicture = builder.initialPicture;
        this.initialLatents = builder.initialLatents;
        this.firstSteps = builder.firstSteps;
        this.styleNames = builder.styleNames;
        this.controls = List.copyOf(builder.controls);
        this.sizeHints = builder.sizeHints;
        this.negativeSizeHints = builder.negativeSizeHints;
        this.imagesPerPrompt = builder.imagesPerPrompt;
        this.width = builder.width;
        this.height = builder.height;
        this.steps = builder.steps;
        this.guidance = new Guidance(builder.guidanceScale, builder.guidanceRescale);
        this.scheduler = builder.scheduler;
        this.eta = builder.eta;
        this.refinerSwitch = builder.refinerSwitch;
    }

    /**
     * Begins a request with a model's own size and scheduler, 20 steps and a guidance scale of 5.
     *
     * @param model the model that the request is for
     * @param prompts what the pictures should show, one prompt or more
     * @return the builder
     */
    public static Builder builder(ModelFolder model, String... prompts) {
        return new Builder(model, List.of(prompts));
    }

    List<String> prompts() {
        return prompts;
    }

    PromptLanguage language() {
        return language;
    }

    Optional<List<String>> negativePrompts() {
        return negativePrompts;
    }

    /** What the second text encoder is given, where that differs. */
    List<String> secondPrompts() {
        return secondPrompts.orElse(prompts);
    }

    Optional<List<String>> secondNegativePrompts() {
        return secondNegativePrompts.or(() -> negativePrompts);
    }

    int clipSkip() {
        return clipSkip;
    }

    /** The share of the way from noise to picture after which the model's refiner takes over. */
    OptionalDouble refinerSwitch() {
        return refinerSwitch;
    }

    Optional<InitialPicture> initialPicture() {
        return initialPicture;
    }

    /** Latents to begin with instead of a picture's, of one image. */
    record InitialLatents(Latents latents, double strength) {}

    Optional<InitialLatents> initialLatents() {
        return initialLatents;
    }

    /** The share of the steps that run. */
    OptionalDouble strength() {
        if (initialPicture.isPresent()) {
            return OptionalDouble.of(initialPicture.get().strength());
        }
        return initialLatents.isPresent()
                ? OptionalDouble.of(initialLatents.get().strength())
                : OptionalDouble.empty();
    }

    /** The steps of the pass that this one follows, by which prompts count on; 0 if it is the first. */
    int firstSteps() {
        return firstSteps;
    }

    /** The styles of the model that tags in prompts may name. */
    Set<String> styleNames() {
        return styleNames;
    }

    List<ControlPicture> controls() {
        return controls;
    }

    SizeHints sizeHints() {
        return sizeHints.orElseGet(() -> SizeHints.of(height, width));
    }

    SizeHints negativeSizeHints() {
        return negativeSizeHints.orElseGet(this::sizeHints);
    }

    int imagesPerPrompt() {
        return imagesPerPrompt;
    }

    /** The number of pictures in all. */
    int images() {
        return prompts.size() * imagesPerPrompt;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int steps() {
        return steps;
    }

    Guidance guidance() {
        return guidance;
    }

    SchedulerConfig scheduler() {
        return scheduler;
    }

    OptionalDouble eta() {
        return eta;
    }

    /** Collects the parts of a request. Belongs to one thread. */
    public static final class Builder {
        private final List<String> prompts;
        private PromptLanguage language = PromptLanguage.PLAIN;
        private Optional<List<String>> negativePrompts = Optional.empty();
        private Optional<List<String>> secondPrompts = Optional.empty();
        private Optional<List<String>> secondNegativePrompts = Optional.empty();
        private int clipSkip;
        private int imagesPerPrompt = 1;
        private int width;
        private int height;
        private int steps = 20;
        private double guidanceScale = 5;
        private double guidanceRescale;
        private SchedulerConfig scheduler;
        private OptionalDouble eta = OptionalDouble.empty();
        private OptionalDouble refinerSwitch = OptionalDouble.empty();
        private Optional<InitialPicture> initialPicture = Optional.empty();
        private Optional<InitialLatents> initialLatents = Optional.empty();
        private int firstSteps;
        private Set<String> styleNames = Set.of();
        private final List<ControlPicture> controls = new ArrayList<>();
        private Optional<SizeHints> sizeHints = Optional.empty();
        private Optional<SizeHints> negativeSizeHints = Optional.empty();

        private Builder(ModelFolder model, List<String> prompts) {
            this.prompts = prompts;
            int side = model.unet().sampleSize() * model.vae().scaleFactor();
            this.width = side;
            this.height = side;
            this.scheduler = model.scheduler();
        }

        /**
         * Sets how prompts are read.
         *
         * @param promptLanguage the language, {@link PromptLanguage#PLAIN} unless set
         * @return this builder
         */
        public Builder language(PromptLanguage promptLanguage) {
            language = Objects.requireNonNull(promptLanguage, "promptLanguage");
            return this;
        }

        /**
         * Sets what the pictures should not show.
         *
         * @param texts one for all prompts, or one for each
         * @return this builder
         */
        public Builder negativePrompts(String... texts) {
            negativePrompts = Optional.of(List.of(texts));
            return this;
        }

        /**
         * Sets what the second text encoder of SDXL is given instead of the prompts.
         *
         * @param texts one for each prompt
         * @return this builder
         */
        public Builder secondPrompts(String... texts) {
            secondPrompts = Optional.of(List.of(texts));
            return this;
        }

        /**
         * Sets what the second text encoder of SDXL is given instead of the negative prompts.
         *
         * @param texts as many as there are negative prompts
         * @return this builder
         */
        public Builder secondNegativePrompts(String... texts) {
            secondNegativePrompts = Optional.of(List.of(texts));
            return this;
        }

        /**
         * Sets how many of the text encoders' last layers are left out.
         *
         * @param layers 0 (none, the default) or more
         * @return this builder
         */
        public Builder clipSkip(int layers) {
            clipSkip = layers;
            return this;
        }

        /**
         * Begins with a picture instead of pure noise.
         *
         * @param picture the picture, how far to go back towards noise, and which part to paint anew
         * @return this builder
         */
        public Builder initialPicture(InitialPicture picture) {
            initialPicture = Optional.of(picture);
            return this;
        }

        /** Begins with latents instead of pure noise. */
        Builder initialLatents(Latents latents, double strength) {
            initialLatents = Optional.of(new InitialLatents(latents, strength));
            return this;
        }

        /** Names the styles that the model is under, so that tags in prompts may name them too. */
        Builder styleNames(Set<String> names) {
            styleNames = Set.copyOf(names);
            return this;
        }

        /** Makes this the second pass after one of so many steps. */
        Builder follows(int passSteps) {
            firstSteps = passSteps;
            return this;
        }

        /**
         * Adds a picture that steers the composition.
         *
         * @param picture the picture and the control network that reads it
         * @return this builder
         */
        public Builder control(ControlPicture picture) {
            controls.add(picture);
            return this;
        }

        /**
         * Sets what SDXL is told about sizes, for the prompts.
         *
         * @param hints the sizes
         * @return this builder
         */
        public Builder sizeHints(SizeHints hints) {
            sizeHints = Optional.of(hints);
            return this;
        }

        /**
         * Sets what SDXL is told about sizes, for the negative prompts.
         *
         * @param hints the sizes
         * @return this builder
         */
        public Builder negativeSizeHints(SizeHints hints) {
            negativeSizeHints = Optional.of(hints);
            return this;
        }

        /**
         * Sets how many pictures each prompt gets.
         *
         * @param count at least 1
         * @return this builder
         */
        public Builder imagesPerPrompt(int count) {
            imagesPerPrompt = count;
            return this;
        }

        /**
         * Sets the size of the pictures.
         *
         * @param pixelsWide the width, a multiple of {@link ModelFolder#sizeMultiple}
         * @param pixelsHigh the height, a multiple of {@link ModelFolder#sizeMultiple}
         * @return this builder
         */
        public Builder size(int pixelsWide, int pixelsHigh) {
            width = pixelsWide;
            height = pixelsHigh;
            return this;
        }

        /**
         * Sets the number of denoising steps.
         *
         * @param count at least 1
         * @return this builder
         */
        public Builder steps(int count) {
            steps = count;
            return this;
        }

        /**
         * Sets the scale of classifier-free guidance.
         *
         * @param scale 0 to {@value DiffusionRequest#MAX_GUIDANCE}; 1 and less switch guidance off
         * @return this builder
         */
        public Builder guidanceScale(double scale) {
            guidanceScale = scale;
            return this;
        }

        /**
         * Sets how much of the spread that guidance adds to a prediction is taken back.
         *
         * @param share 0 (nothing, the default) to 1
         * @return this builder
         */
        public Builder guidanceRescale(double share) {
            guidanceRescale = share;
            return this;
        }

        /**
         * Sets the noise schedule and solver.
         *
         * @param config the scheduler's configuration
         * @return this builder
         */
        public Builder scheduler(SchedulerConfig config) {
            scheduler = Objects.requireNonNull(config, "config");
            return this;
        }

        /**
         * Sets the amount of fresh noise for the schedulers that leave it open (DDIM, TCD).
         *
         * @param amount 0 to 1
         * @return this builder
         */
        public Builder eta(double amount) {
            eta = OptionalDouble.of(amount);
            return this;
        }

        /**
         * Lets the model's refiner take over in the middle of the way. It is called at all timesteps below the number of
         * training timesteps less this share of them, with what the scheduler remembers of the calls before, so that the same
         * network as refiner changes nothing.
         *
         * @param share the share of the way from noise to picture, above 0 and below 1
         * @return this builder
         */
        public Builder refinerSwitch(double share) {
            refinerSwitch = OptionalDouble.of(share);
            return this;
        }

        /**
         * Checks the parts and makes the request.
         *
         * @return the request
         * @throws InvalidInputException saying which part is out of range
         */
        public DiffusionRequest build() {
            int total = prompts.size() * imagesPerPrompt;
            if (prompts.isEmpty() || imagesPerPrompt < 1 || total > MAX_IMAGES) {
                throw invalid(
                        ErrorCode.INVALID_REQUEST, "A request makes 1 to " + MAX_IMAGES + " pictures, not " + total);
            }
            if (secondPrompts.map(List::size).orElse(prompts.size()) != prompts.size()
                    || !secondNegativePrompts
                            .map(List::size)
                            .or(() -> negativePrompts.map(List::size))
                            .equals(negativePrompts.map(List::size))) {
                throw invalid(
                        ErrorCode.INVALID_PROMPT,
                        "The second text encoder needs as many prompts and negative prompts as the first");
            }
            if (language == PromptLanguage.WEB_UI && (secondPrompts.isPresent() || secondNegativePrompts.isPresent())) {
                throw invalid(
                        ErrorCode.INVALID_PROMPT,
                        "Prompts of their own for the second text encoder are read as plain text alone; leave them out");
            }
            if (clipSkip < 0 || clipSkip > MAX_CLIP_SKIP) {
                throw invalid(
                        ErrorCode.INVALID_REQUEST,
                        "Clip skip is " + clipSkip + "; it must be from 0 to " + MAX_CLIP_SKIP);
            }
            int negatives = negativePrompts.map(List::size).orElse(1);
            if (negatives != 1 && negatives != prompts.size()) {
                throw invalid(
                        ErrorCode.INVALID_PROMPT,
                        "There are " + negatives + " negative prompts for " + prompts.size()
                                + " prompts; give one for all or one for each");
            }
            if (!(guidanceScale >= 0 && guidanceScale <= MAX_GUIDANCE)) {
                throw invalid(
                        ErrorCode.INVALID_GUIDANCE,
                        "The guidance scale is " + guidanceScale + "; it must be from 0 to " + MAX_GUIDANCE);
            }
            if (!(guidanceRescale >= 0 && guidanceRescale <= 1)) {
                throw invalid(
                        ErrorCode.INVALID_GUIDANCE,
                        "The guidance rescale is " + guidanceRescale + "; it must be from 0 to 1");
            }
            if (refinerSwitch.isPresent() && !(refinerSwitch.getAsDouble() > 0 && refinerSwitch.getAsDouble() < 1)) {
                throw invalid(
                        ErrorCode.INVALID_REQUEST,
                        "The refiner takes over after a share of " + refinerSwitch.getAsDouble()
                                + "; it must lie above 0 and below 1");
            }
            return new DiffusionRequest(this);
        }

        private static InvalidInputException invalid(ErrorCode code, String message) {
            return new InvalidInputException(code, message);
        }
    }
}
