package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.network.NetworkRuntime;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A diffusion model as the protocol's image model: what a request leaves to the model comes from its own files, prompts are
 * read in the language of the AUTOMATIC1111 web UI, and noise comes from torch's generator for the processor.
 */
public final class DiffusionImageModel implements ImageModel {
    /** The largest width and height, in pixels. */
    public static final int MAX_SIDE = 4096;

    private static final int DEFAULT_STEPS = 20;
    private static final double DEFAULT_GUIDANCE = 5;

    private final StableDiffusionModel model;
    private final StableDiffusionPipeline pipeline;
    private final Previews previews;
    private final SchedulerNames schedulers;
    private final ModelDescriptor descriptor;

    private DiffusionImageModel(String name, StableDiffusionModel model, List<ModelFile> files) {
        this.model = model;
        this.pipeline = new StableDiffusionPipeline(model);
        this.previews = new Previews(model);
        ModelFolder folder = model.folder();
        this.schedulers = new SchedulerNames(folder.scheduler());
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
        pipeline.check(translate(request));
    }

    @Override
    public ModelOutput generate(
            CanonicalRequest request, BlobSource inputs, ProgressListener listener, Cancellation cancellation) {
        cancellation.throwIfStopped();
        DiffusionRequest translated = translate(request);
        listener.onProgress(new Progress(0, request.steps()));
        DiffusionResult result = pipeline.generate(
                translated,
                NoiseKind.CPU.source(request.seed()),
                step -> tell(listener, step, request.steps(), cancellation),
                cancellation);
        return new ModelOutput(result.images().getFirst(), model.engine(), model.substitutions());
    }

    @Override
    public void close() {
        model.close();
    }

    /** Methods that call the network more often than once a step count their calls as parts of steps. */
    private void tell(ProgressListener listener, DenoisingStep step, int steps, Cancellation cancellation) {
        int done = (int) ((long) step.call() * steps / step.calls());
        Previews.Preview preview = previews.of(step.estimate(), cancellation);
        try {
            listener.onProgress(new Progress(done, steps, Optional.of(preview)));
        } finally {
            preview.expire();
        }
    }

    private DiffusionRequest translate(CanonicalRequest request) {
        Bytes digest = request.model().digest();
        if (!digest.equals(descriptor.id().digest())) {
            throw new NotFoundException(
                    ErrorCode.UNKNOWN_MODEL,
                    "The request is for the model " + request.model() + ", but this is " + descriptor.id());
        }
        if (!request.options().equals(RequestOptions.NONE)) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED, "This model takes no request options yet; leave them out");
        }
        descriptor.limits().check(request.width(), request.height());
        DiffusionRequest.Builder builder = DiffusionRequest.builder(model.folder(), request.prompt())
                .language(PromptLanguage.WEB_UI)
                .size(request.width(), request.height())
                .steps(request.steps())
                .guidanceScale(request.guidanceScale())
                .scheduler(schedulers.config(request.scheduler()));
        if (!request.negativePrompt().isEmpty()) {
            builder.negativePrompts(request.negativePrompt());
        }
        return builder.build();
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
