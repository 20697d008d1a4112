package io.dreamprotocol.core.image;

import io.dreamprotocol.core.trajectory.LatentCommitment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What an image model returns: the picture, and the facts that a receipt states about how it was made.
 *
 * @param image the picture
 * @param engine what ran the networks
 * @param substitutions what was done other than asked, in words; empty unless the request allowed it
 * @param styles the files of the style models that were used, in the order of the request, with paths such as {@code
 *     styles/1-name.safetensors}
 * @param latents what commits to the latents of every step; absent only where an engine does not show them
 * @param parameters what the image's generation parameters say beside the request, by the web UI's names and in its order, for
 *     example {@code Lora hashes}
 */
public record ModelOutput(
        RgbImage image,
        EngineInfo engine,
        List<String> substitutions,
        List<ModelFile> styles,
        Optional<LatentCommitment> latents,
        Map<String, String> parameters) {
    /** Copies the collections. */
    public ModelOutput {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(engine, "engine");
        substitutions = List.copyOf(substitutions);
        styles = List.copyOf(styles);
        Objects.requireNonNull(latents, "latents");
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Creates the output of a model without style models, whose latents are not shown.
     *
     * @param image the picture
     * @param engine what ran the networks
     * @param substitutions what was done other than asked, in words
     */
    public ModelOutput(RgbImage image, EngineInfo engine, List<String> substitutions) {
        this(image, engine, substitutions, List.of(), Optional.empty(), Map.of());
    }
}
