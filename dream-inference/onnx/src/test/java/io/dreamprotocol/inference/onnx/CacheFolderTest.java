package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
    private static final Path NAME = Path.of("dream-protocol", "models");

    @Test
    void everySystemHasItsOwnPlace() {
        assertThat(folder("Linux", Map.of()))
                .isEqualTo(Path.of("home", ".cache").resolve(NAME));
        assertThat(folder("Mac OS X", Map.of()))
                .isEqualTo(Path.of("home", "Library", "Caches").resolve(NAME));
        assertThat(folder("Windows 11", Map.of()))
                .isEqualTo(Path.of("home", "AppData", "Local").resolve(NAME));
    }

    @Test
    void theUsersOwnChoiceCounts() {
        assertThat(folder("Linux", Map.of("XDG_CACHE_HOME", "elsewhere")))
                .isEqualTo(Path.of("elsewhere").resolve(NAME));
        assertThat(folder("Linux", Map.of("XDG_CACHE_HOME", "")))
                .isEqualTo(Path.of("home", ".cache").resolve(NAME));
        assertThat(folder("Windows 11", Map.of("LOCALAPPDATA", "elsewhere")))
                .isEqualTo(Path.of("elsewhere").resolve(NAME));
    }

    private static Path folder(String system, Map<String, String> environment) {
        return CacheFolder.of(system, "home", environment::get);
    }
}
