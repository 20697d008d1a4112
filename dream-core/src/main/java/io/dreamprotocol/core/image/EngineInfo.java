package io.dreamprotocol.core.image;

import java.util.Objects;

/**
 * What ran a model's networks.
 *
 * @param name the engine, for example {@code onnxruntime}
 * @param version the engine's version
 * @param provider the execution provider, for example {@code cpu} or {@code cuda}
 * @param dtype the element type of most of the network's weights, for example {@code float32}, {@code float16} or {@code int8}
 */
public record EngineInfo(String name, String version, String provider, String dtype) {
    /** Checks that every part is there. */
    public EngineInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(dtype, "dtype");
    }
}
