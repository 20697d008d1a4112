package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.inference.diffusion.safety.SafetyPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page about configuration says what the addresses of models may have. */
class ConfigurationPageTest {
    @Test
    void everyOptionAndValueIsExplained() throws IOException {
        String page = Files.readString(GoldenFiles.root().resolveSibling("docs").resolve("reference/configuration.md"));

        // The message of the error lists every option that there is.
        assertThatThrownBy(() -> Backends.openImageModel("onnx:dream-mini?nonsense=1"))
                .isInstanceOfSatisfying(InvalidInputException.class, e -> {
                    String message = e.getMessage();
                    List<String> options = List.of(
                            message.substring(message.indexOf("knows ") + 6).split(", "));
                    assertThat(options).hasSizeGreaterThanOrEqualTo(6);
                    assertThat(options).allSatisfy(option -> assertThat(page).contains("| `" + option + "` |"));
                });
        assertThat(Arrays.stream(ExecutionProvider.values()).map(ExecutionProvider::id))
                .allSatisfy(provider -> assertThat(page).contains("`" + provider + "`"));
        assertThat(Arrays.stream(SafetyPolicy.values()).map(SafetyPolicy::id))
                .allSatisfy(policy -> assertThat(page).contains("`" + policy + "`"));
        assertThat(page).contains("1 to " + OnnxOptions.MAX_THREADS);
    }
}
