package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.inference.images.ImageFiles;
import io.dreamprotocol.inference.webui.RecoveredRequest;
import io.dreamprotocol.inference.webui.UnmetSetting;
import java.util.Optional;

/** The request that an image file says it was made by, to make the same image again. */
final class LikeImage {
    static final String OPTION = "--like";

    private final RecoveredRequest recovered;

    private LikeImage(RecoveredRequest recovered) {
        this.recovered = recovered;
    }

    /** Reads the file that the options name, and tells what it says and cannot be met. */
    static LikeImage read(String file, Context context) {
        RecoveredRequest recovered = RecoveredRequest.read(ImageFiles.load(context.resolve(file)));
        for (UnmetSetting unmet : recovered.unmet()) {
            context.terminal().error("dream: not as in the image: " + unmet);
        }
        return new LikeImage(recovered);
    }

    GenerationRequest request() {
        return recovered.request();
    }

    /** Tells if the image was made by another model than the one that will be used. */
    void compare(ModelId model, Context context) {
        Optional<ModelId> made = recovered.exact().map(CanonicalRequest::model);
        if (made.isPresent() && !made.get().equals(model)) {
            context.terminal().error("dream: not as in the image: it was made by " + made.get() + ", not " + model);
        }
    }
}
