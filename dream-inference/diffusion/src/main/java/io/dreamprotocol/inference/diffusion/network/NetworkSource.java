package io.dreamprotocol.inference.diffusion.network;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a network comes from.
 *
 * @param part the name of the model's part, as the model's folders name it: {@code unet}, {@code text_encoder}, ...
 * @param file the file that holds the network's graph and weights
 */
public record NetworkSource(String part, Path file) {

    /** Refuses absent values. */
    public NetworkSource {
        Objects.requireNonNull(part, "part");
        Objects.requireNonNull(file, "file");
    }
}
