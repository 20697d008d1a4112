package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.HiresPass;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.trajectory.LatentLeaf;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.network.NetworkRuntime;
import io.dreamprotocol.inference.images.Resampling;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * A diffusion model as the protocol's image model: what a request leaves to the model comes from its own files, prompts are
 * read in the language of the AUTOMATIC1111 web UI, and images are read from the files that the request names.
 */
public final class DiffusionImageModel implements ImageModel {
    /** The largest width and height, in pixels. */
    public static final int MAX_SIDE = 4096;

    private static final int DEFAULT_STEPS = 20;
    private static final double DEFAULT_GUIDANCE = 5;

    private final StableDiffusionModel model;
    private final StableDiffusionPipeline pipeline;
    private final Previews previews;
    private final RequestPasses passes;
    private final ModelDescriptor descriptor;

    private DiffusionImageModel(String name, StableDiffusionModel model, List<ModelFile> files) {
        this.model = model;
        this.pipeline = new StableDiffusionPipeline(model);
        this.previews = new Previews(model);
        ModelFolder folder = model.folder();
        SchedulerNames schedulers = new SchedulerNames(folder.scheduler());
        this.passes = new RequestPasses(folder, schedulers);
        int side = folder.unet().sampleSize() * folder.vae().scaleFactor();
        int multiple = folder.sizeMultiple();
        this.descriptor = new ModelDescriptor(
                new ModelId(name, ModelFile.digestOf(files)),
                folder.architecture(),
                files,
                new ModelDefaults(side, side, DEFAULT_STEPS, DEFAULT_GUIDANCE, schedulers.ownName()),
                new ModelLimits(multiple, multiple, Math.max(MAX_SIDE, side), (long) MAX_SIDE * MAX_SIDE),
                schedulers.names());
    }

    /**
     * Loads a model, and takes the digests of its files at the same time.
     *
     * @param name the name that people use for it, as {@link ModelId} allows
     * @param folder where the model is
     * @param runtime what runs its networks
     * @return the model
     * @throws DreamException if a file is missing or damaged, or the engine fails; the message names the file
     */
    public static DiffusionImageModel load(String name, ModelFolder folder, NetworkRuntime runtime) {
        FutureTask<List<ModelFile>> hashing = new FutureTask<>(folder::files);
        Thread.ofPlatform().daemon().name("dream-hashing").start(hashing);
        StableDiffusionModel model = StableDiffusionModel.load(folder, runtime);
        try {
            return new DiffusionImageModel(name, model, await(hashing));
        } catch (DreamException | IllegalArgumentException e) {
            model.close();
            throw e;
        }
    }

    @Override
    public ModelDescriptor descriptor() {
        return descriptor;
    }

    @Override
    public void check(CanonicalRequest request) {
        requireSuits(request);
        RequestStyles.of(request);
        DiffusionRequest first = passes.first(request, RequestPictures.BLANK);
        pipeline.check(first);
        passes.noise(request, first);
        if (request.options().hires().isPresent()) {
            HiresPass pass = request.options().hires().get();
            pipeline.check(
                    second(request, pass, RequestPictures.BLANK, emptyLatents(request), latents -> blank(request)));
        }
    }

    @Override
    public ModelOutput generate(
            CanonicalRequest request, BlobSource inputs, ProgressListener listener, Cancellation cancellation) {
        cancellation.throwIfStopped();
        check(request);
        RequestPictures pictures = RequestPictures.of(inputs);
        DiffusionRequest first = passes.first(request, pictures);
        try (RequestStyles.Styled styled = RequestStyles.of(request).apply(model, inputs)) {
            StableDiffusionPipeline made = new StableDiffusionPipeline(styled.model());
            Trajectory trajectory = new Trajectory(listener);
            Latents latents = denoise(made, request, first, pictures, listener, trajectory, cancellation);
            return new ModelOutput(
                    made.decode(latents, cancellation).getFirst(),
                    model.engine(),
                    model.substitutions(),
                    styled.files(),
                    Optional.of(trajectory.commitment()),
                    styled.parameters());
        }
    }

    /**
     * Makes one step of a request again, as an audit does: from what the step began with to what the next one begins with.
     *
     * @param request the request
     * @param inputs where the images and style models that the request names are read from
     * @param leaf what the step began with, as a listener of {@link #generate} is told
     * @param cancellation stops the work, also inside the step
     * @return what follows
     * @throws InvalidInputException with {@code invalid-request} if no step of the request begins with such a leaf
     * @throws DreamException as {@link #generate} does
     */
    public LatentLeaf redo(CanonicalRequest request, BlobSource inputs, LatentLeaf leaf, Cancellation cancellation) {
        check(request);
        RequestPictures pictures = RequestPictures.of(inputs);
        try (RequestStyles.Styled styled = RequestStyles.of(request).apply(model, inputs)) {
            DiffusionRequest pass = pass(request, leaf.pass(), pictures);
            return new StableDiffusionPipeline(styled.model())
                    .redo(pass, passes.noise(request, pass), leaf, cancellation);
        }
    }

    /** A pass by its number; what a second one begins with is left blank. */
    private DiffusionRequest pass(CanonicalRequest request, int number, RequestPictures pictures) {
        Optional<HiresPass> second = request.options().hires();
        if (number == 0) {
            return passes.first(request, pictures);
        }
        if (number > 1 || second.isEmpty()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "The request has no pass " + number + "; give the request that the latents were made for");
        }
        return second(request, second.get(), pictures, emptyLatents(request), latents -> blank(request));
    }

    private static RgbImage blank(CanonicalRequest request) {
        return RgbImage.of(
                request.width(), request.height(), new byte[request.width() * request.height() * Pixels.CHANNELS]);
    }

    private Latents denoise(
            StableDiffusionPipeline made,
            CanonicalRequest request,
            DiffusionRequest first,
            RequestPictures pictures,
            ProgressListener listener,
            Trajectory trajectory,
            Cancellation cancellation) {
        int steps = request.effectiveSteps();
        int firstSteps = request.options().hires().isPresent() ? passes.firstSteps(request) : steps;
        listener.onProgress(new Progress(0, steps));
        Latents latents = made.denoise(
                first,
                passes.noise(request, first),
                step -> tell(listener, step, 0, firstSteps, steps, cancellation),
                trajectory,
                cancellation);
        if (request.options().hires().isEmpty()) {
            return latents;
        }
        DiffusionRequest second = second(
                request,
                request.options().hires().get(),
                pictures,
                latents,
                done -> made.decode(done, cancellation).getFirst());
        return made.denoise(
                second,
                passes.noise(request, second),
                step -> tell(listener, step, firstSteps, steps, steps, cancellation),
                trajectory,
                cancellation);
    }

    /** The second pass, which begins with the image of the first in its own size. */
    private DiffusionRequest second(
            CanonicalRequest request,
            HiresPass pass,
            RequestPictures pictures,
            Latents first,
            Function<Latents, RgbImage> decoder) {
        int width = passes.width(request, pass);
        int height = passes.height(request, pass);
        DiffusionRequest.Builder second = passes.second(request, pass, pictures);
        if (pass.upscaler() == HiresPass.Upscaler.LATENT) {
            int factor = model.folder().vae().scaleFactor();
            second.initialLatents(
                    first.resized(
                            height / factor, width / factor, request.options().tiling()),
                    pass.strength());
        } else {
            RgbImage larger = request.options().tiling()
                    ? SeamlessResize.of(decoder.apply(first), width, height)
                    : Resampling.LANCZOS.resize(decoder.apply(first), width, height);
            second.initialPicture(new InitialPicture(larger, pass.strength(), Optional.empty()));
        }
        return second.build();
    }

    private Latents emptyLatents(CanonicalRequest request) {
        int factor = model.folder().vae().scaleFactor();
        return Latents.zeros(
                1, model.folder().vae().latentChannels(), request.height() / factor, request.width() / factor);
    }

    @Override
    public void close() {
        model.close();
    }

    /** Methods that call the network more often than once a step count their calls as parts of steps. */
    private void tell(
            ProgressListener listener, DenoisingStep step, int from, int to, int steps, Cancellation cancellation) {
        int done = from + (int) ((long) step.call() * (to - from) / step.calls());
        Previews.Preview preview = previews.of(step.estimate(), cancellation);
        try {
            listener.onProgress(new Progress(done, steps, Optional.of(preview)));
        } finally {
            preview.expire();
        }
    }

    private void requireSuits(CanonicalRequest request) {
        Bytes digest = request.model().digest();
        if (!digest.equals(descriptor.id().digest())) {
            throw new NotFoundException(
                    ErrorCode.UNKNOWN_MODEL,
                    "The request is for the model " + request.model() + ", but this is " + descriptor.id());
        }
        descriptor.limits().check(request.width(), request.height());
        request.options()
                .hires()
                .ifPresent(
                        pass -> descriptor.limits().check(passes.width(request, pass), passes.height(request, pass)));
        passes.check(request);
    }

    private static List<ModelFile> await(FutureTask<List<ModelFile>> hashing) {
        try {
            return hashing.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DreamException error) {
                throw error;
            }
            throw new IllegalStateException("the digests of a model's files cannot be taken", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException(ErrorCode.CANCELLED, "Loading the model was interrupted", e);
        }
    }
}
