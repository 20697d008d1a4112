package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.ModelCache;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.inference.testkit.ImageModelContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** A model that a cache loads when it is needed keeps the contract of image models. */
class CachedImageModelTest extends ImageModelContract {
    @TempDir
    static Path folder;

    private final ModelCache cache = ModelCache.of(1 << 30);

    @Override
    protected ImageModel openModel() {
        return cache.model("onnx:dream-mini?cache=" + folder);
    }

    @AfterAll
    void closeCache() {
        assertThat(cache.loaded()).hasSize(1);
        cache.close();
    }
}
