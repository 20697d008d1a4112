package io.dreamprotocol.benchmarks;

import io.dreamprotocol.inference.diffusion.model.BundledModels;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** The model that comes with the project, unpacked once for all benchmarks of a machine. */
final class BundledModel {
    private static final String NAME = "dream-mini";

    private BundledModel() {}

    static ModelFolder open() {
        return ModelFolder.open(
                BundledModels.of(BundledModel.class.getClassLoader()).unpack(NAME, cache()));
    }

    /** Returns the file of a style model that comes with it. */
    static Path style(String name) {
        String file = name + ".safetensors";
        Path copy = cache().resolve(file);
        String resource = "/io/dreamprotocol/inference/models/" + file;
        try (InputStream in = Objects.requireNonNull(BundledModel.class.getResourceAsStream(resource), resource)) {
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
    }

    private static Path cache() {
        Path cache = Path.of(System.getProperty("java.io.tmpdir"), "dream-benchmarks");
        try {
            return Files.createDirectories(cache);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
