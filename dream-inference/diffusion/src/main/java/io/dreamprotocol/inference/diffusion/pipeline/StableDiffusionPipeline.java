package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import io.dreamprotocol.inference.diffusion.scheduler.DenoisingRun;
import io.dreamprotocol.inference.diffusion.scheduler.RunOptions;
import io.dreamprotocol.inference.diffusion.scheduler.Scheduler;
import java.util.ArrayList;
import java.util.List;

/**
 * Latent diffusion (<a href="https://arxiv.org/abs/2112.10752">2112.10752</a>) as Stable Diffusion does it: prompts become
 * embeddings, noise becomes latents step by step, latents become pictures.
 *
 * <p>Thread-safe: requests may run at the same time, each with its own state, on the same networks.
 */
public final class StableDiffusionPipeline {
    private final StableDiffusionModel model;

    /**
     * Creates a pipeline.
     *
     * @param model the loaded networks, which stay the caller's to close
     */
    public StableDiffusionPipeline(StableDiffusionModel model) {
        this.model = model;
    }

    /**
     * Checks that a request suits the model and this machine, without running a network.
     *
     * @param request the request
     * @throws InvalidInputException with {@code invalid-size} if the size is not a multiple of what the model needs; with
     *     {@code invalid-steps} if the scheduler cannot take so many or so few steps
     * @throws UnsupportedException with {@code not-enough-memory} if the size needs more memory than there is
     */
    public void check(DiffusionRequest request) {
        requireSize(request);
        MemoryNeed.of(model.folder(), request).requireAvailable();
        startRun(request);
    }

    /**
     * Makes the pictures of a request.
     *
     * @param request what to make
     * @param noise where all noise is drawn from, for the whole batch at once ({@link PerImageNoise} gives each image its
     *     own): first the noise to begin with, then what the scheduler asks for
     * @param listener is told of every call of the denoising network
     * @param cancellation stops the work, also inside a call
     * @return the pictures
     * @throws InvalidInputException as {@link #check} does
     * @throws UnsupportedException with {@code not-enough-memory} if there is not enough memory
     * @throws StoppedException if stopped
     * @throws UnavailableException with {@code engine-failed} if a network failed or its numbers were not finite
     */
    public DiffusionResult generate(
            DiffusionRequest request, NoiseSource noise, DenoisingListener listener, Cancellation cancellation) {
        requireSize(request);
        MemoryNeed.of(model.folder(), request).requireAvailable();
        DenoisingRun run = startRun(request);
        Conditioning conditioning = encode(request, cancellation);

        Latents latents = firstLatents(request, run, noise);
        DenoisingNetwork.Batch unet = model.unet().prepare(latents, conditioning, request.guidance());
        float[] sample = latents.values();
        float[] scaled = new float[sample.length];
        float[] prediction = new float[sample.length];
        for (int i = run.beginIndex(); i < run.length(); i++) {
            run.scaleModelInput(sample, i, scaled);
            unet.predict(scaled, run.timestep(i), prediction, cancellation);
            run.step(prediction, i, sample, noise, sample);
            listener.onStep(new DenoisingStep(
                    i + 1 - run.beginIndex(), run.length() - run.beginIndex(), run.timestep(i), latents.copy()));
            cancellation.throwIfStopped();
        }
        requireFinite(sample);

        return new DiffusionResult(decode(latents, cancellation), latents);
    }

    /**
     * Returns what the model's text encoder makes of one prompt.
     *
     * @param prompt the prompt; what goes beyond the encoder's number of tokens is cut off
     * @param cancellation stops the work
     * @return the embedding
     */
    public TextEmbedding encode(String prompt, Cancellation cancellation) {
        return model.textEncoder().encode(List.of(prompt), cancellation).getFirst();
    }

    private Conditioning encode(DiffusionRequest request, Cancellation cancellation) {
        List<String> texts = new ArrayList<>(request.prompts());
        List<String> negatives =
                request.guidance().isOn() ? request.negativePrompts().orElse(List.of("")) : List.of();
        texts.addAll(negatives);
        List<TextEmbedding> embeddings = model.textEncoder().encode(texts, cancellation);
        List<TextEmbedding> positive = new ArrayList<>();
        List<TextEmbedding> negative = new ArrayList<>();
        int prompts = request.prompts().size();
        for (int prompt = 0; prompt < prompts; prompt++) {
            for (int image = 0; image < request.imagesPerPrompt(); image++) {
                positive.add(embeddings.get(prompt));
                if (!negatives.isEmpty()) {
                    negative.add(embeddings.get(prompts + (negatives.size() == 1 ? 0 : prompt)));
                }
            }
        }
        return new Conditioning(negative, positive);
    }

    private Latents firstLatents(DiffusionRequest request, DenoisingRun run, NoiseSource noise) {
        ModelFolder folder = model.folder();
        int factor = folder.vae().scaleFactor();
        Latents latents = Latents.zeros(
                request.images(), folder.vae().latentChannels(), request.height() / factor, request.width() / factor);
        float[] values = latents.values();
        noise.fill(values);
        for (int i = 0; i < values.length; i++) {
            values[i] *= run.initNoiseSigma();
        }
        return latents;
    }

    private List<RgbImage> decode(Latents latents, Cancellation cancellation) {
        List<RgbImage> images = new ArrayList<>();
        for (int image = 0; image < latents.images(); image++) {
            images.add(model.decoder().decode(latents, image, cancellation));
        }
        return images;
    }

    private DenoisingRun startRun(DiffusionRequest request) {
        RunOptions options = RunOptions.steps(request.steps()).withBatch(request.images());
        if (request.eta().isPresent()) {
            options = options.withEta(request.eta().getAsDouble());
        }
        return Scheduler.of(request.scheduler()).start(options);
    }

    private void requireSize(DiffusionRequest request) {
        int multiple = model.folder().sizeMultiple();
        if (request.width() < multiple
                || request.height() < multiple
                || request.width() % multiple != 0
                || request.height() % multiple != 0) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_SIZE,
                    "The size " + request.width() + "x" + request.height()
                            + " does not suit the model; choose multiples of " + multiple);
        }
    }

    private static void requireFinite(float[] sample) {
        for (float value : sample) {
            if (!Float.isFinite(value)) {
                throw new UnavailableException(
                        ErrorCode.ENGINE_FAILED,
                        "The denoising gave numbers that are not finite; try another scheduler, a lower guidance scale, or"
                                + " the model in single precision");
            }
        }
    }
}
