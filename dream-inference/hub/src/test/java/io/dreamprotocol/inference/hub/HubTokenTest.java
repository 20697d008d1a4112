package io.dreamprotocol.inference.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubTokenTest {
    private static final String SECRET = "hf_secret";

    @TempDir
    Path folder;

    @Test
    void aTokenShowsItselfToTheHubAlone() {
        HubToken token = HubToken.of("  " + SECRET + "\n");

        assertThat(token.authorization()).isEqualTo("Bearer " + SECRET);
        assertThat(token.toString()).doesNotContain(SECRET);
    }

    @Test
    void whatIsNoTokenIsRefusedWithoutBeingShown() {
        for (String text :
                List.of(" ", SECRET + "\r\nX-Evil: 1", SECRET + " x", SECRET + "\u00e9", SECRET.repeat(500))) {
            assertThatThrownBy(() -> HubToken.of(text))
                    .isInstanceOfSatisfying(
                            InvalidInputException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                    .hasMessageNotContaining(SECRET);
        }
    }

    @Test
    void aTokenComesFromAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), SECRET + "\n");

        assertThat(HubToken.read(file).authorization()).isEqualTo("Bearer " + SECRET);
    }

    @Test
    void aFileWithoutATokenIsRefused() throws IOException {
        Path large = Files.write(folder.resolve("large"), new byte[1 << 20]);

        assertThatThrownBy(() -> HubToken.read(large)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> HubToken.read(folder.resolve("missing"))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> HubToken.read(folder)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aTokenComesFromTheEnvironment() {
        assertThat(HubToken.from(Map.of(HubToken.VARIABLE, SECRET))
                        .orElseThrow()
                        .authorization())
                .isEqualTo("Bearer " + SECRET);
        assertThat(HubToken.from(Map.of())).isEmpty();
        assertThat(HubToken.from(Map.of(HubToken.VARIABLE, " "))).isEmpty();
    }
}
