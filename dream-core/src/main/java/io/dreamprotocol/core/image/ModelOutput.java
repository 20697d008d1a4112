package io.dreamprotocol.core.image;

import java.util.List;
import java.util.Objects;

/**
 * What an image model returns: the picture, and the facts that a receipt states about how it was made.
 *
 * @param image the picture
 * @param engine what ran the networks
 * @param substitutions what was done other than asked, in words; empty unless the request allowed it
 * @param styles the files of the style models that were used, in the order of the request, with paths such as {@code
 *     styles/1-name.safetensors}
 */
public record ModelOutput(RgbImage image, EngineInfo engine, List<String> substitutions, List<ModelFile> styles) {
    /** Copies the lists. */
    public ModelOutput {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(engine, "engine");
        substitutions = List.copyOf(substitutions);
        styles = List.copyOf(styles);
    }

    /**
     * Creates the output of a model without style models.
     *
     * @param image the picture
     * @param engine what ran the networks
     * @param substitutions what was done other than asked, in words
     */
    public ModelOutput(RgbImage image, EngineInfo engine, List<String> substitutions) {
        this(image, engine, substitutions, List.of());
    }
}
