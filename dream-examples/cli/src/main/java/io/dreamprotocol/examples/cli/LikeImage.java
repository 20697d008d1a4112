package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.inference.images.ImageFiles;
import io.dreamprotocol.inference.webui.RecoveredRequest;
import io.dreamprotocol.inference.webui.StyleHash;
import io.dreamprotocol.inference.webui.UnmetSetting;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The request that an image file says it was made by, to make the same image again. */
final class LikeImage {
    static final String OPTION = "--like";

    /** What is met by giving the picture that the image began with. */
    private static final String STRENGTH = "Denoising strength";

    private static final String TWO_ENCODERS = "stable-diffusion-xl";

    private final RecoveredRequest recovered;

    private LikeImage(RecoveredRequest recovered) {
        this.recovered = recovered;
    }

    /** Reads the file that the options name, and tells what it says and cannot be met. */
    static LikeImage read(String file, Arguments arguments, Context context) {
        RecoveredRequest recovered = RecoveredRequest.read(ImageFiles.load(context.resolve(file)));
        boolean begins = arguments.text(DetailOptions.INIT).isPresent();
        for (UnmetSetting unmet : recovered.unmet()) {
            if (begins && unmet.name().equals(STRENGTH)) {
                continue;
            }
            String advice = unmet.name().equals(STRENGTH) ? "; give that by " + DetailOptions.INIT : "";
            context.terminal().error("dream: not as in the image: " + unmet + advice);
        }
        return new LikeImage(recovered);
    }

    GenerationRequest request() {
        return recovered.request();
    }

    /** How far to go back towards noise from a picture that the file does not have. */
    OptionalDouble strength() {
        return recovered.initialStrength();
    }

    /** The hashes of the style models that the file names. */
    List<StyleHash> styleHashes() {
        return recovered.styleHashes();
    }

    /**
     * Changes a request to what the image's settings mean for a model, and tells if the image was made by another one.
     *
     * @param request the request
     * @param model the model that will be used
     */
    GenerationRequest suited(GenerationRequest request, ModelDescriptor model, Arguments arguments, Context context) {
        Optional<ModelId> made = recovered.exact().map(CanonicalRequest::model);
        if (made.isPresent() && !made.get().equals(model.id())) {
            context.terminal()
                    .error("dream: not as in the image: it was made by " + made.get() + ", not " + model.id());
        }
        // The web UI notes clip skip for every model, and does not heed it with two text encoders.
        boolean ignored = recovered.exact().isEmpty()
                && arguments.text(DetailOptions.CLIP_SKIP).isEmpty()
                && model.architecture().equals(TWO_ENCODERS);
        return ignored ? request.withOptions(request.options().withClipSkip(0)) : request;
    }
}
