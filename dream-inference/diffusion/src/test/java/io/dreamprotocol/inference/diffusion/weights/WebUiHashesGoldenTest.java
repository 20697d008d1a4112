package io.dreamprotocol.inference.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.inference.diffusion.GoldenFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The web UI's hashes of files in closed form: {@code infotext/hashes.json}. */
class WebUiHashesGoldenTest {
    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> modelsHaveTheHashesOfTheWebUi() {
        return GoldenFiles.objects(GoldenFiles.json("infotext/hashes.json"), "files").stream()
                .map(golden -> DynamicTest.dynamicTest(golden.get("bytes") + " bytes", () -> {
                    Path file = SafetensorsBytes.write(folder.resolve("model.ckpt"), pattern(golden));
                    WebUiHashes hashes = WebUiHashes.of(file);
                    assertThat(hashes.sha256()).isEqualTo(golden.get("sha256"));
                    assertThat(hashes.modelHash()).isEqualTo(golden.get("model_hash"));
                    assertThat(hashes.autoV2()).isEqualTo(golden.get("autov2"));
                    assertThat(hashes.legacyHash()).isEqualTo(golden.get("legacy_hash"));
                    assertThat(hashes.addNetHash()).isEmpty();
                    assertThat(hashes.loraHash()).isEmpty();
                }));
    }

    @TestFactory
    Stream<DynamicTest> styleModelsHaveTheHashesOfTheWebUi() {
        return GoldenFiles.objects(GoldenFiles.json("infotext/hashes.json"), "safetensors").stream()
                .map(golden -> DynamicTest.dynamicTest((String) golden.get("lora_hash12"), () -> {
                    byte[] data = pattern((Map<?, ?>) golden.get("data"));
                    Path file = SafetensorsBytes.write(
                            folder.resolve("style.safetensors"),
                            SafetensorsBytes.file((String) golden.get("header_json"), data));
                    WebUiHashes hashes = WebUiHashes.of(file);
                    assertThat(hashes.sha256()).isEqualTo(golden.get("sha256"));
                    assertThat(hashes.modelHash()).isEqualTo(golden.get("model_hash"));
                    assertThat(hashes.addNetHash()).contains((String) golden.get("addnet_hash"));
                    assertThat(hashes.loraHash()).contains((String) golden.get("lora_hash12"));
                }));
    }

    private static byte[] pattern(Map<?, ?> golden) {
        int a = ((Number) golden.get("a")).intValue();
        int b = ((Number) golden.get("b")).intValue();
        byte[] bytes = new byte[((Number) golden.get("bytes")).intValue()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * a + (i >> 8) * b);
        }
        return bytes;
    }
}
