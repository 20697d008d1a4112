package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.receipt.SealedImage;
import io.dreamprotocol.examples.quickstart.OwnBackends;
import io.dreamprotocol.examples.quickstart.Quickstart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the quickstart, as processes, because that is how their readers will run them. */
final class QuickstartTest {
    @TempDir
    Path folder;

    @Test
    void tenLinesMakeAnImage() throws Exception {
        String out = run(Quickstart.class);

        assertThat(out).startsWith(folder.resolve("apple.png") + " is bafk");
        assertThat(prompt("apple.png")).isEqualTo("a red apple, flat style");
    }

    @Test
    void anApplicationBringsItsOwnBackends() throws Exception {
        run(OwnBackends.class);

        assertThat(prompt("given.png")).isEqualTo("a green pear");
        assertThat(folder.resolve("found.png")).hasSameBinaryContentAs(folder.resolve("given.png"));
    }

    private String prompt(String file) throws IOException {
        return SealedImage.verify(Files.readAllBytes(folder.resolve(file)))
                .request()
                .prompt();
    }

    private String run(Class<?> program) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                folder.toString());
        // Where it unpacks the model, in place of the user's own cache.
        String cache = Path.of(System.getProperty(ModelAddress.UNPACKED_PROPERTY))
                .resolveSibling("cache")
                .toString();
        builder.environment().put("XDG_CACHE_HOME", cache);
        builder.environment().put("LOCALAPPDATA", cache);
        Path err = Files.createTempFile(folder, "err", "");
        Process process = builder.redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(Files.readString(err)).isZero();
        return out;
    }
}
