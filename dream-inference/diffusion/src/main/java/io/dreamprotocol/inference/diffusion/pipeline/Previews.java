package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.LatentPreview;
import io.dreamprotocol.core.image.RgbImage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes previews of a model's unfinished latents. Thread-safe; the map to colours is found once, when it is first needed. */
final class Previews {
    private final StableDiffusionModel model;
    private @Nullable LatentColours colours;

    Previews(StableDiffusionModel model) {
        this.model = model;
    }

    /** A preview of the first image of latents that are computed when they are asked for. */
    Preview of(Supplier<Latents> latents, Cancellation cancellation) {
        return new Preview(latents, cancellation);
    }

    private synchronized LatentColours colours(Cancellation cancellation) {
        if (colours == null) {
            colours = LatentColours.published(model.folder().vae())
                    .orElseGet(() -> LatentColours.fitted(model.folder().vae(), model.decoder(), cancellation));
        }
        return colours;
    }

    /** A preview that is of use until it expires. */
    final class Preview implements LatentPreview {
        private final Supplier<Latents> latents;
        private final Cancellation cancellation;
        private volatile boolean expired;

        private Preview(Supplier<Latents> latents, Cancellation cancellation) {
            this.latents = latents;
            this.cancellation = cancellation;
        }

        @Override
        public RgbImage linear() {
            requireValid();
            return colours(cancellation).paint(latents.get(), 0);
        }

        @Override
        public RgbImage decoded() {
            requireValid();
            return model.decoder().decode(latents.get(), 0, cancellation);
        }

        /** The latents are about to change. */
        void expire() {
            expired = true;
        }

        private void requireValid() {
            if (expired) {
                throw new IllegalStateException(
                        "A preview is of use until the listener returns; make its picture before that");
            }
        }
    }
}
