package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.ControlInput;
import io.dreamprotocol.core.image.HiresPass;
import io.dreamprotocol.core.image.InitialImage;
import io.dreamprotocol.core.image.NoiseOptions;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.noise.NoiseSeed;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import io.dreamprotocol.inference.diffusion.pipeline.RequestPictures.Background;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerConfig;
import java.util.Optional;
import java.util.Set;

/** Puts the protocol's requests into the pipeline's terms: one pass, or two for a request with a second one at a larger size. */
final class RequestPasses {
    private static final Set<String> TAKING_ETA = Set.of("DDIMScheduler", "TCDScheduler");

    private final ModelFolder folder;
    private final SchedulerNames schedulers;

    RequestPasses(ModelFolder folder, SchedulerNames schedulers) {
        this.folder = folder;
        this.schedulers = schedulers;
    }

    /** Refuses what no model here can do, and combinations that contradict each other. */
    void check(CanonicalRequest request) {
        boolean mask =
                request.options().initialImage().flatMap(InitialImage::mask).isPresent();
        if (mask && request.options().hires().isPresent()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "A second pass would change what the mask keeps; leave out the mask or the second pass");
        }
        SchedulerConfig scheduler = schedulers.config(request.scheduler());
        if (request.options().eta().isPresent() && !TAKING_ETA.contains(scheduler.className())) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "The scheduler " + request.scheduler() + " takes no eta; leave it out, or choose DDIM");
        }
    }

    /** The first pass, which is the only one of most requests. */
    DiffusionRequest first(CanonicalRequest request, RequestPictures pictures) {
        DiffusionRequest.Builder builder = builder(
                request,
                request.width(),
                request.height(),
                request.steps(),
                pictures,
                request.options().hires().isEmpty());
        request.options().initialImage().ifPresent(initial -> {
            RgbImage picture = pictures.picture(initial.image(), Background.WHITE, request.width(), request.height());
            Optional<RgbImage> mask = initial.mask()
                    .map(cid -> pictures.picture(cid, Background.BLACK, request.width(), request.height()));
            builder.initialPicture(new InitialPicture(picture, initial.strength(), mask));
        });
        return builder.build();
    }

    /** The width of the second pass. */
    int width(CanonicalRequest request, HiresPass pass) {
        return pass.scaled(request.width(), folder.sizeMultiple());
    }

    /** The height of the second pass. */
    int height(CanonicalRequest request, HiresPass pass) {
        return pass.scaled(request.height(), folder.sizeMultiple());
    }

    /** The second pass, which still needs to be told what it begins with. */
    DiffusionRequest.Builder second(CanonicalRequest request, HiresPass pass, RequestPictures pictures) {
        return builder(request, width(request, pass), height(request, pass), pass.steps(), pictures, true)
                .follows(request.steps());
    }

    /**
     * What both passes have in common.
     *
     * @param refines whether the refiner takes part in the pass, which it does in the last one as in the web UI
     */
    private DiffusionRequest.Builder builder(
            CanonicalRequest request, int width, int height, int steps, RequestPictures pictures, boolean refines) {
        DiffusionRequest.Builder builder = DiffusionRequest.builder(folder, request.prompt())
                .language(PromptLanguage.WEB_UI)
                .size(width, height)
                .steps(steps)
                .guidanceScale(request.guidanceScale())
                .scheduler(schedulers.config(request.scheduler()))
                .clipSkip(request.options().clipSkip())
                .styleNames(RequestStyles.of(request).names());
        if (!request.negativePrompt().isEmpty()) {
            builder.negativePrompts(request.negativePrompt());
        }
        request.options().eta().ifPresent(builder::eta);
        if (refines) {
            request.options().refinerSwitch().ifPresent(builder::refinerSwitch);
        }
        for (ControlInput control : request.options().controls()) {
            builder.control(new ControlPicture(
                    control.network(),
                    pictures.picture(control.image(), Background.BLACK, width, height),
                    control.scale(),
                    control.start(),
                    control.end()));
        }
        return builder;
    }

    /** How many of a request's steps run in its first pass. */
    int firstSteps(CanonicalRequest request) {
        return request.options()
                .initialImage()
                .map(initial -> Math.max(1, (int) (request.steps() * initial.strength())))
                .orElse(request.steps());
    }

    /** The noise of one pass of a request, at its beginning. */
    NoiseSource noise(CanonicalRequest request, DiffusionRequest pass) {
        NoiseOptions options = request.options().noise();
        NoiseKind kind = switch (options.source()) {
            case TORCH_CPU -> NoiseKind.CPU;
            case TORCH_CUDA -> NoiseKind.GPU;
            case NUMPY -> NoiseKind.NUMPY;
        };
        int factor = folder.vae().scaleFactor();
        return new NoiseSeed(request.seed(), options.subseed(), options.subseedStrength(), options.etaSeedDelta())
                .source(
                        kind,
                        folder.vae().latentChannels(),
                        pass.height() / factor,
                        pass.width() / factor,
                        Beginning.drawsBeforeNoise(folder, pass),
                        Beginning.draws(folder, pass));
    }
}
