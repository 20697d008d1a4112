package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ImageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxImageModelProviderTest {
    @TempDir
    private Path cache;

    @Test
    void modelsOnTheClassPathHaveNames() {
        assertThat(new OnnxImageModelProvider().names()).contains("dream-mini");
    }

    @Test
    void aFolderIsOpenedUnderItsName() {
        Path folder = GoldenFiles.root().resolve("pipelines/sd15/model");
        try (ImageModel model = Backends.openImageModel("onnx:" + folder + "?threads=1")) {
            assertThat(model.descriptor().id().name()).isEqualTo("model");
            assertThat(model.descriptor().defaults().width()).isEqualTo(64);
            assertThat(model.descriptor().defaults().scheduler()).isEqualTo("PLMS");
            assertThat(model.descriptor().limits().sizeMultiple()).isEqualTo(16);
        }
    }

    @Test
    void theBundledModelsSettingsAreItsOwn() {
        try (ImageModel model = open("onnx:dream-mini?cache=" + cache)) {
            assertThat(model.descriptor().id().name()).isEqualTo("dream-mini");
            assertThat(model.descriptor().defaults().width()).isEqualTo(128);
            assertThat(model.descriptor().defaults().scheduler()).isEqualTo("DPM++ 2M");
            assertThat(model.descriptor().schedulers()).contains("Euler a", "DDIM", "DPM++ 2M Karras", "Euler");
            assertThat(model.descriptor().limits().sizeMultiple()).isEqualTo(32);
        }
    }

    @Test
    void aCopyThatWasChangedIsRefused() throws IOException {
        open("onnx:dream-mini?cache=" + cache).close();
        Path config = copy().resolve("scheduler/scheduler_config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("0.00085", "0.00086"), StandardOpenOption.TRUNCATE_EXISTING);

        DreamException error = catchThrowableOfType(DreamException.class, () -> open("onnx:dream-mini?cache=" + cache));

        assertThat(error.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT);
        assertThat(error.getMessage()).contains(copy().toString());
    }

    @ParameterizedTest
    @CsvSource({
        "onnx:no-such-model,UNKNOWN_MODEL",
        "onnx:,UNKNOWN_MODEL",
        "onnx:.,UNKNOWN_MODEL",
        "onnx:dream-mini?speed=fast,INVALID_CONFIGURATION",
        "onnx:dream-mini?provider=gpu,INVALID_CONFIGURATION"
    })
    void aWrongAddressIsRefused(String address, ErrorCode code) {
        DreamException error = catchThrowableOfType(DreamException.class, () -> open(address));

        assertThat(error.code()).isEqualTo(code);
        assertThat(error.getMessage()).isNotBlank().doesNotContain("\n");
    }

    private static ImageModel open(String address) {
        return Backends.openImageModel(address);
    }

    private Path copy() throws IOException {
        try (Stream<Path> folders = Files.list(cache)) {
            List<Path> found = folders.filter(Files::isDirectory).toList();
            assertThat(found).hasSize(1);
            return found.getFirst();
        }
    }
}
