package io.dreamprotocol.storage.ipfs;

import static io.dreamprotocol.storage.ipfs.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.BlockSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.StorageTier;
import io.dreamprotocol.core.storage.StorageTierProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TierProvidersTest {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final Cid CID = Cid.of(Cid.Codec.RAW, CONTENT);
    private static final BlockSource SOURCE = cid -> Optional.of(CONTENT);

    @TempDir
    Path folder;

    @Test
    void theProvidersAreFound() {
        assertThat(ServiceLoader.load(StorageTierProvider.class))
                .extracting(StorageTierProvider::scheme)
                .containsExactlyInAnyOrder("gateway", "pinning");
    }

    @Test
    void gatewaysAreAskedAtATime() throws IOException {
        FakeGateway blob = new FakeGateway(CONTENT);
        try (ScriptedServer liar = new ScriptedServer(exchange -> exchange.reply(200, "something else"));
                ScriptedServer honest = new ScriptedServer(blob);
                StorageTier tier =
                        new GatewayTierProvider().open(List.of(address("gateway", liar), address("gateway", honest)))) {
            assertThat(tier.block(CID)).hasValue(CONTENT);
            tier.publish(CID, SOURCE, sent -> {});
            tier.withdraw(CID);
        }
    }

    @Test
    void aServiceIsAskedOnceAndAgainAfterAFailure() throws IOException {
        Path token = folder.resolve("token");
        Files.writeString(token, LocalPinningService.TOKEN + "\n");
        try (LocalPinningService service = new LocalPinningService();
                PinningService client =
                        new PinningService(service.address(), LocalPinningService.TOKEN, Duration.ofSeconds(2));
                StorageTier tier = open("pinning:" + service.address() + "?token-file=" + token)) {
            assertThat(tier.block(CID)).isEmpty();
            tier.publish(CID, SOURCE, sent -> {});
            tier.publish(CID, SOURCE, sent -> {});
            assertThat(client.find(CID)).hasSize(1);
            service.setStatus("failed");
            tier.publish(CID, SOURCE, sent -> {});
            assertThat(client.find(CID)).hasSize(2);
            tier.withdraw(CID);
            assertThat(client.find(CID)).isEmpty();
            service.impoverish();
            assertFails(ErrorCode.REMOTE_REFUSED, () -> tier.publish(CID, SOURCE, sent -> {}));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gateway:",
                "gateway:ftp://a",
                "gateway:https://user:secret@a",
                "gateway:https://a?x=1",
                "pinning:https://a",
                "pinning:https://a?token=secret",
                "pinning:https://a?token-file=/no/such/file",
                "pinning:https://a?token-env=NO_SUCH_VARIABLE_SECRET"
            })
    void otherAddressesAreRefused(String address) {
        assertFails(ErrorCode.INVALID_CONFIGURATION, () -> open(address));
    }

    @Test
    void aTokenFileThatIsNoneIsRefused() throws IOException {
        Path token = folder.resolve("token");
        Files.write(token, new byte[10_000]);
        assertThatThrownBy(() -> open("pinning:https://a.example?token-file=" + token))
                .hasMessageContaining("more than 8192 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway:https://a", "pinning:https://a"})
    void aTierIsNoStoreByItself(String address) {
        assertThatThrownBy(() -> Backends.openBlobStore(address)).hasMessageContaining("put it behind one");
    }

    @Test
    void aKuboNodeIsNoCache() {
        assertFails(
                ErrorCode.UNSUPPORTED,
                () -> Backends.openBlobStore("tiers:ipfs:http://127.0.0.1:1,gateway:https://a.example"));
    }

    private static BackendAddress address(String scheme, ScriptedServer server) {
        return BackendAddress.parse(scheme + ":" + server.address());
    }

    private static StorageTier open(String address) {
        BackendAddress parsed = BackendAddress.parse(address);
        for (StorageTierProvider provider : ServiceLoader.load(StorageTierProvider.class)) {
            if (provider.scheme().equals(parsed.scheme())) {
                return provider.open(List.of(parsed));
            }
        }
        throw new AssertionError(address);
    }
}
