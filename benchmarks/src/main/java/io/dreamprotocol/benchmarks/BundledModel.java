package io.dreamprotocol.benchmarks;

import io.dreamprotocol.inference.diffusion.model.BundledModels;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The model that comes with the project, unpacked once for all benchmarks of a machine. */
final class BundledModel {
    private static final String NAME = "dream-mini";

    private BundledModel() {}

    static ModelFolder open() {
        Path cache = Path.of(System.getProperty("java.io.tmpdir"), "dream-benchmarks");
        try {
            Files.createDirectories(cache);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ModelFolder.open(
                BundledModels.of(BundledModel.class.getClassLoader()).unpack(NAME, cache));
    }
}
