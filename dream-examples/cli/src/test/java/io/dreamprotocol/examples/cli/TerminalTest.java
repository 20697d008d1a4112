package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.Cancellation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TerminalTest {
    @TempDir
    Path folder;

    @Test
    void knowsWhatTheLauncherFoundOut() {
        Terminal.Abilities abilities = Terminal.Abilities.of("12,40x132", Map.of("TERM", "xterm-256color"));

        assertThat(abilities).isEqualTo(new Terminal.Abilities(true, true, 132, 40, false, true));
    }

    @Test
    void withoutTheLauncherThereIsNoTerminal() {
        assertThat(Terminal.Abilities.of("", Map.of("TERM", "xterm", "COLORTERM", "truecolor")))
                .isEqualTo(new Terminal.Abilities(false, false, 80, 24, true, true));
    }

    @Test
    void aSizeThatIsNoneCountsAsUnknown() {
        assertThat(Terminal.Abilities.of("2,0xmany", Map.of("TERM", "xterm", "NO_COLOR", "1")))
                .isEqualTo(new Terminal.Abilities(false, true, 80, 24, false, false));
    }

    @Test
    void trueColourIsWhatTheVariablesSay() {
        assertThat(trueColour(Map.of("TERM", "xterm-256color", "COLORTERM", "24bit")))
                .isTrue();
        assertThat(trueColour(Map.of("TERM", "xterm-kitty"))).isTrue();
        assertThat(trueColour(Map.of("TERM", "xterm-256color"))).isFalse();
        assertThat(trueColour(Map.of("TERM", "dumb", "COLORTERM", "truecolor"))).isFalse();
        assertThat(trueColour(Map.of("TERM", "xterm", "COLORTERM", "truecolor", "NO_COLOR", "1")))
                .isFalse();
    }

    private static boolean trueColour(Map<String, String> environment) {
        return Terminal.Abilities.of("12,24x80", environment).trueColour();
    }

    @Test
    void aReaderThatWentAwayIsNoError() {
        assertThat(completion("Broken pipe").status()).isZero();
    }

    @Test
    void aFullDiskIsAnError() {
        DreamRun run = completion("No space left on device");

        assertThat(run.status()).isEqualTo(31);
        assertThat(run.err())
                .startsWith("dream: Cannot write the standard output")
                .hasLineCount(1);
    }

    private DreamRun completion(String failure) {
        OutputStream failing = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(failure);
            }
        };
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(failing, err, StandardCharsets.UTF_8, Terminal.Abilities.NONE);
        int status = new Dream(new Context(terminal, Map.of(), folder, new Cancellation(), () -> {})).run("completion");
        return new DreamRun(status, "", err.toString(StandardCharsets.UTF_8));
    }
}
