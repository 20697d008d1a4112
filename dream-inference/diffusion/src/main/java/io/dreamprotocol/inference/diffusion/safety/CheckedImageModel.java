package io.dreamprotocol.inference.diffusion.safety;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.trajectory.LatentLeaf;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An image model whose pictures a safety checker looks at before they are given out.
 *
 * <p>Whatever comes of it is stated among the output's substitutions, and so in the receipt: that a picture was blurred or flagged,
 * and also that nothing was checked because there is no checker. Where the policy is to withhold or blur pictures there are no
 * previews either, which would show what the policy hides. Thread-safe.
 */
public final class CheckedImageModel implements ImageModel {
    /** The beginning of every substitution that this model states. */
    public static final String PREFIX = "safety: ";

    private static final String UNCHECKED = PREFIX + "not checked, because the model has no safety checker";
    private static final String BLURRED = PREFIX + "blurred, because the checker found the image unsafe";
    private static final String FLAGGED = PREFIX + "flagged as unsafe by the checker, and left as it is";

    private final ImageModel model;
    private final Optional<? extends SafetyChecker> checker;
    private final SafetyPolicy policy;

    /**
     * Puts a checker behind a model.
     *
     * @param model the model, which this one closes
     * @param checker the checker, which this one closes; empty where there is none
     * @param policy what is done with what it finds
     */
    public CheckedImageModel(ImageModel model, Optional<? extends SafetyChecker> checker, SafetyPolicy policy) {
        this.model = Objects.requireNonNull(model, "model");
        this.checker = Objects.requireNonNull(checker, "checker");
        this.policy = Objects.requireNonNull(policy, "policy");
    }

    @Override
    public ModelDescriptor descriptor() {
        return model.descriptor();
    }

    @Override
    public void check(CanonicalRequest request) {
        model.check(request);
    }

    /**
     * Makes the image for a request and has it checked.
     *
     * @throws DreamException as every model does; with {@code image-blocked} if the picture is withheld
     */
    @Override
    public ModelOutput generate(
            CanonicalRequest request, BlobSource inputs, ProgressListener listener, Cancellation cancellation) {
        if (checker.isEmpty()) {
            ModelOutput output = model.generate(request, inputs, listener, cancellation);
            return with(output, output.image(), UNCHECKED);
        }
        ProgressListener told = policy == SafetyPolicy.FLAG ? listener : withoutPreviews(listener);
        ModelOutput output = model.generate(request, inputs, told, cancellation);
        if (!checker.get().isUnsafe(output.image(), cancellation)) {
            return output;
        }
        return switch (policy) {
            case BLOCK ->
                throw new UnsupportedException(
                        ErrorCode.IMAGE_BLOCKED,
                        "The safety checker found the image unsafe, so it is withheld; change the prompt or the seed");
            case BLUR -> with(output, StrongBlur.of(output.image()), BLURRED);
            case FLAG -> with(output, output.image(), FLAGGED);
        };
    }

    @Override
    public void close() {
        try {
            model.close();
        } finally {
            checker.ifPresent(SafetyChecker::close);
        }
    }

    private static ProgressListener withoutPreviews(ProgressListener listener) {
        return new ProgressListener() {
            @Override
            public void onProgress(Progress progress) {
                listener.onProgress(new Progress(progress.step(), progress.steps()));
            }

            @Override
            public void onLatents(LatentLeaf leaf) {
                listener.onLatents(leaf);
            }
        };
    }

    private static ModelOutput with(ModelOutput output, RgbImage image, String substitution) {
        List<String> substitutions = new ArrayList<>(output.substitutions());
        substitutions.add(substitution);
        return new ModelOutput(
                image, output.engine(), substitutions, output.styles(), output.latents(), output.parameters());
    }
}
