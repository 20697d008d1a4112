package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.trajectory.LatentLeaf;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import io.dreamprotocol.inference.diffusion.scheduler.DenoisingRun;
import io.dreamprotocol.inference.diffusion.scheduler.RunOptions;
import io.dreamprotocol.inference.diffusion.scheduler.Scheduler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Latent diffusion (<a href="https://arxiv.org/abs/2112.10752">2112.10752</a>) as Stable Diffusion does it: prompts become
 * embeddings, noise becomes latents step by step, latents become pictures.
 *
 * <p>Thread-safe: requests may run at the same time, each with its own state, on the same networks.
 */
public final class StableDiffusionPipeline {
    private static final Set<String> CONSISTENCY = Set.of("LCMScheduler", "TCDScheduler");

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
     * @throws InvalidInputException with {@code invalid-size} if the size is not a multiple of what the model needs, or a
     *     picture has another; with {@code invalid-steps} if the scheduler cannot take so many or so few steps
     * @throws UnsupportedException with {@code not-enough-memory} if the size needs more memory than there is; with {@code
     *     unsupported} if the model has no such control network
     */
    public void check(DiffusionRequest request) {
        requireSizes(request);
        requireParts(request);
        request.controls().forEach(control -> model.control(control.network()));
        requireMemory(request, prompting(request, startRun(request)));
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
     * @throws UnsupportedException with {@code not-enough-memory} if there is not enough memory; with {@code unsupported} if
     *     the model lacks what the request needs
     * @throws StoppedException if stopped
     * @throws UnavailableException with {@code engine-failed} if a network failed or its numbers were not finite
     */
    public DiffusionResult generate(
            DiffusionRequest request, NoiseSource noise, DenoisingListener listener, Cancellation cancellation) {
        Latents latents = denoise(request, noise, listener, LatentRecorder.NONE, cancellation);
        return new DiffusionResult(decode(latents, cancellation), latents);
    }

    /** Makes the latents of the pictures of a request. */
    Latents denoise(
            DiffusionRequest request,
            NoiseSource noise,
            DenoisingListener listener,
            LatentRecorder recorder,
            Cancellation cancellation) {
        Denoising denoising = begin(request, noise, cancellation);
        recorder.record(0, denoising.latents(), denoising.run());
        for (int call = 0; call < denoising.calls(); call++) {
            DenoisingStep step = denoising.call(call, cancellation);
            recorder.record(call + 1, denoising.latents(), denoising.run());
            listener.onStep(step);
            cancellation.throwIfStopped();
        }
        requireFinite(denoising.latents().values());
        return denoising.latents();
    }

    /**
     * Makes one call of a pass again.
     *
     * @param noise the noise of the pass, at its beginning
     * @param leaf what the call begins with
     * @return what it leads to
     * @throws InvalidInputException with {@code invalid-request} if the request has no such call
     */
    LatentLeaf redo(DiffusionRequest request, NoiseSource noise, LatentLeaf leaf, Cancellation cancellation) {
        Denoising denoising = begin(request, noise, cancellation);
        Latents latents = denoising.latents();
        DenoisingRun run = denoising.run();
        float[] values = leaf.latents();
        if (!Arrays.equals(leaf.shape(), Trajectory.shape(latents)) || leaf.call() >= denoising.calls()) {
            throw foreign(leaf, null);
        }
        try {
            run.resume(run.beginIndex() + leaf.call(), values.length, leaf.history(), noise);
        } catch (IllegalArgumentException e) {
            throw foreign(leaf, e);
        }
        System.arraycopy(values, 0, latents.values(), 0, values.length);
        denoising.call(leaf.call(), cancellation);
        return Trajectory.leaf(leaf.pass(), leaf.call() + 1, latents, run);
    }

    private static InvalidInputException foreign(LatentLeaf leaf, @Nullable Exception cause) {
        String message = "No step of this request begins with " + leaf + "; give the request that it was made for";
        return cause == null
                ? new InvalidInputException(ErrorCode.INVALID_REQUEST, message)
                : new InvalidInputException(ErrorCode.INVALID_REQUEST, message, cause);
    }

    private Denoising begin(DiffusionRequest request, NoiseSource noise, Cancellation cancellation) {
        requireSizes(request);
        requireParts(request);
        DenoisingRun run = startRun(request);
        Prompting prompting = prompting(request, run);
        requireMemory(request, prompting);
        Beginning beginning = Beginning.of(model, request, run, noise, cancellation);
        Controls controls = controls(request, beginning.latents(), prompting.rows());
        DenoisingNetwork.Batch unet = model.unet().prepare(beginning, prompting.rows(), guidance(request));
        Optional<Denoising.Refining> refining = request.refinerSwitch().isPresent()
                ? Optional.of(new Denoising.Refining(
                        model.refiner().network().prepare(beginning, prompting.rows(), guidance(request)),
                        firstRefinedTimestep(request)))
                : Optional.empty();
        return new Denoising(request, run, noise, prompting, beginning, controls, unet, refining);
    }

    /** Rounded as Python does, which diffusers and the web UI are written in. */
    private static double firstRefinedTimestep(DiffusionRequest request) {
        int timesteps = request.scheduler().trainTimesteps();
        return Math.rint(timesteps - request.refinerSwitch().orElse(1) * timesteps);
    }

    /**
     * Returns what the model's text encoders make of one prompt.
     *
     * @param prompt the prompt; what goes beyond the encoders' number of tokens is cut off
     * @param cancellation stops the work
     * @return the embedding
     */
    public PromptEmbedding encode(String prompt, Cancellation cancellation) {
        return model.textEncoders()
                .encode(List.of(prompt), List.of(prompt), 0, cancellation)
                .getFirst();
    }

    /** Models that are told the guidance scale need no second prediction. */
    private Guidance guidance(DiffusionRequest request) {
        return isDistilled() ? Guidance.OFF : request.guidance();
    }

    /** Whether the model was distilled with guidance, as latent consistency models are. */
    private boolean isDistilled() {
        return model.folder().unet().timeCondProjDim().isPresent();
    }

    private Prompting prompting(DiffusionRequest request, DenoisingRun run) {
        return request.language() == PromptLanguage.PLAIN
                ? new PlainPrompting(model, request, guidance(request))
                : new WebUiPrompting(model, request, guidance(request), run.order());
    }

    private void requireMemory(DiffusionRequest request, Prompting prompting) {
        MemoryNeed.of(model.folder(), request, prompting.rows().size(), prompting.tokens())
                .requireAvailable();
    }

    private Controls controls(DiffusionRequest request, Latents latents, PredictionRows rows) {
        Controls controls = new Controls();
        List<ControlPicture> pictures = request.controls();
        if (pictures.isEmpty() && model.unet().takesResiduals()) {
            RgbImage black = RgbImage.of(
                    request.width(), request.height(), new byte[request.width() * request.height() * Pixels.CHANNELS]);
            String any = model.folder().controlNetworks().getFirst();
            pictures = List.of(new ControlPicture(any, black, 0, 0, 1));
        }
        for (ControlPicture picture : pictures) {
            controls.add(picture, model.control(picture.network()).prepare(latents, rows, picture.picture()));
        }
        return controls;
    }

    /** Decodes each image of a batch. */
    List<RgbImage> decode(Latents latents, Cancellation cancellation) {
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
        if (request.strength().isPresent()) {
            double strength = request.strength().getAsDouble();
            boolean consistency =
                    isDistilled() && CONSISTENCY.contains(request.scheduler().className());
            options = consistency ? options.withTrainedShare(strength) : options.withStrength(strength);
        }
        DenoisingRun run = Scheduler.of(request.scheduler()).start(options);
        if (run.beginIndex() >= run.length()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_STEPS,
                    "The picture's strength leaves none of " + request.steps() + " steps; raise one of the two");
        }
        return run;
    }

    private void requireRefiner(DiffusionRequest request) {
        model.refiner().requirePresent();
        if (!request.controls().isEmpty()
                || model.folder().unet().inChannels() != model.folder().vae().latentChannels()) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "A refiner takes neither control images nor the mask of an inpainting model; leave out one of the two");
        }
        if (request.scheduler().className().startsWith("EDM")) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "The scheduler " + request.scheduler().className()
                            + " has no timesteps by which a refiner could take over; choose another");
        }
    }

    /** Requires that the model has the parts that a request needs. */
    private void requireParts(DiffusionRequest request) {
        if (request.refinerSwitch().isPresent()) {
            requireRefiner(request);
        }
        model.textEncoders().requireClipSkip(request.clipSkip());
        if (request.initialPicture().isPresent()) {
            model.encoder().requirePresent();
        }
        int channels = model.folder().vae().latentChannels();
        int extra = model.folder().unet().inChannels() - channels;
        boolean mask = request.initialPicture().flatMap(InitialPicture::mask).isPresent();
        if (extra > 0 && !(mask && extra == 1 + channels)) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    extra == 1 + channels
                            ? "The model paints parts of pictures anew; give it an initial image and a mask"
                            : "The model takes " + extra
                                    + " channels besides its latents, which no pipeline here fills");
        }
    }

    private void requireSizes(DiffusionRequest request) {
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
        request.initialPicture().ifPresent(initial -> requireSize(initial.picture(), request));
        request.controls().forEach(control -> requireSize(control.picture(), request));
    }

    private static void requireSize(RgbImage picture, DiffusionRequest request) {
        if (picture.width() != request.width() || picture.height() != request.height()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_SIZE,
                    "A picture of " + picture.width() + "x" + picture.height() + " does not suit a request for "
                            + request.width() + "x" + request.height() + "; scale it first");
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
