package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.inference.diffusion.model.BundledModels;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifest of the models artifact is complete and right. */
class BundledModelsTest {
    @TempDir
    private Path cache;

    @Test
    void theManifestListsEveryFileThatMatters() {
        BundledModels models = BundledModels.of(BundledModelsTest.class.getClassLoader());
        List<ModelFile> listed = models.files("dream-mini");

        assertThat(ModelFolder.open(models.unpack("dream-mini", cache)).files()).isEqualTo(listed);
    }
}
