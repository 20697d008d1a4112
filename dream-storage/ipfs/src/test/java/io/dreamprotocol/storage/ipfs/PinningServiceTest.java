package io.dreamprotocol.storage.ipfs;

import static io.dreamprotocol.storage.ipfs.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PinningServiceTest {
    private static final Cid CID = Cid.of(Cid.Codec.RAW, new byte[] {1});
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    @Test
    void aPinIsAskedForAndThereLater() throws IOException {
        try (LocalPinningService service = new LocalPinningService();
                PinningService client = new PinningService(service.address(), LocalPinningService.TOKEN, TIMEOUT)) {
            PinningService.Pin pin = client.pin(CID, "a red apple");
            assertThat(pin.status()).isEqualTo(PinningService.Status.QUEUED);
            assertThat(pin.cid()).isEqualTo(CID);
            assertThat(pin.name()).isEqualTo("a red apple");
            service.fetchAll();
            assertThat(client.status(pin.id()).status()).isEqualTo(PinningService.Status.PINNED);
            assertThat(client.find(CID)).extracting(PinningService.Pin::id).containsExactly(pin.id());
            assertThat(client.find(Cid.of(Cid.Codec.RAW, new byte[] {2}))).isEmpty();
            client.unpin(pin.id());
            assertThatCode(() -> client.unpin(pin.id())).doesNotThrowAnyException();
            assertThat(client.find(CID)).isEmpty();
            assertFails(ErrorCode.BLOB_NOT_FOUND, () -> client.status(pin.id()));
            assertFails(ErrorCode.BLOB_NOT_FOUND, () -> client.status("../x"));
        }
    }

    @Test
    void aWrongTokenIsRefusedAndNotShown() throws IOException {
        try (LocalPinningService service = new LocalPinningService();
                PinningService client = new PinningService(service.address(), "hunter2", TIMEOUT)) {
            assertThatThrownBy(() -> client.pin(CID, ""))
                    .hasMessageContaining("status 401")
                    .hasMessageNotContaining("hunter2");
            assertFails(ErrorCode.REMOTE_REFUSED, () -> client.find(CID));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "200, REMOTE_MISMATCH",
        "202, REMOTE_MISMATCH",
        "302, REMOTE_MISMATCH",
        "400, REMOTE_REFUSED",
        "409, REMOTE_REFUSED",
        "429, REMOTE_UNAVAILABLE",
        "500, REMOTE_UNAVAILABLE"
    })
    void otherAnswersAreNamed(int status, ErrorCode code) throws IOException {
        for (String body : new String[] {"", "{}", "<html>", "{\"requestid\":\"x\",\"status\":\"lost\",\"pin\":{}}"}) {
            try (ScriptedServer server = new ScriptedServer(exchange -> exchange.reply(status, body));
                    PinningService client = new PinningService(server.address(), "token", TIMEOUT)) {
                assertFails(code, () -> client.pin(CID, ""));
                assertThat(server.requests).hasSize(1);
            }
        }
    }

    @Test
    void aServiceThatPinsSomethingElseLies() throws IOException {
        String other = Cid.of(Cid.Codec.RAW, new byte[] {2}).toString();
        String answer = "{\"requestid\":\"x\",\"status\":\"queued\",\"pin\":{\"cid\":\"" + other + "\"}}";
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.reply(202, answer));
                PinningService client = new PinningService(server.address(), "token", TIMEOUT)) {
            assertFails(ErrorCode.REMOTE_MISMATCH, () -> client.pin(CID, ""));
        }
    }

    @Test
    void whatAServiceRepeatsOfTheTokenIsNotShown() throws IOException {
        String answer = "{\"error\":{\"reason\":\"X\",\"details\":\"the token tok3n is old\"}}";
        try (ScriptedServer server = new ScriptedServer(exchange -> exchange.reply(403, answer));
                PinningService client = new PinningService(server.address(), "tok3n", TIMEOUT)) {
            assertThatThrownBy(() -> client.pin(CID, "")).hasMessageEndingWith("the token ... is old");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://pins.example", "ftp://pins.example", "https://u:p@pins.example", "pins"})
    void theTokenIsNotSentInTheOpen(String address) {
        assertFails(ErrorCode.INVALID_CONFIGURATION, () -> new PinningService(URI.create(address), "token", TIMEOUT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb", "ä"})
    void aTokenThatCannotBeSentIsRefused(String token) {
        assertFails(
                ErrorCode.INVALID_CONFIGURATION,
                () -> new PinningService(URI.create("https://pins.example"), token, TIMEOUT));
    }
}
