package io.dreamprotocol.core.image;

import java.util.List;
import java.util.Objects;

/**
 * What an image model returns: the picture, and the facts that a receipt states about how it was made.
 *
 * @param image the picture
 * @param engine what ran the networks
 * @param substitutions what was done other than asked, in words; empty unless the request allowed it
 */
public record ModelOutput(RgbImage image, EngineInfo engine, List<String> substitutions) {
    /** Copies the list. */
    public ModelOutput {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(engine, "engine");
        substitutions = List.copyOf(substitutions);
    }
}
