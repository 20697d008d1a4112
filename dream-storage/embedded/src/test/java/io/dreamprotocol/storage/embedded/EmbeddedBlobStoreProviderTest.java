package io.dreamprotocol.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.BlobStoreProvider;
import io.dreamprotocol.core.storage.Cid;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedBlobStoreProviderTest {
    private final BlobStoreProvider provider = ServiceLoader.load(BlobStoreProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.scheme().equals("embedded"))
            .findAny()
            .orElseThrow();

    @Test
    void blobsLieBelowTheDataFolder(@TempDir Path folder) {
        Path data = folder.resolve("not/there yet");
        try (BlobStore store = provider.open(BackendAddress.parse("embedded:" + data))) {
            Cid cid = store.put(new byte[] {1, 2, 3});
            assertThat(new Layout(data.resolve("blobs")).fileOf(cid)).hasBinaryContent(new byte[] {1, 2, 3});
        }
    }

    @Test
    void aQuotaIsAnOption(@TempDir Path folder) {
        try (BlobStore store = provider.open(BackendAddress.parse("embedded:" + folder + "?quota=2KB"))) {
            store.put(new byte[2_000]);
            assertThatThrownBy(() -> store.put(new byte[] {1}))
                    .isInstanceOfSatisfying(
                            DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_FULL));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "embedded:",
                "embedded:data?durable=no",
                "embedded:data?quota=much",
                "embedded:data?quota=1",
                "embedded:data?quota=-1GB",
                "embedded:da\0ta"
            })
    void anAddressThatMeansNothingIsRefused(String address) {
        assertThatThrownBy(() -> provider.open(BackendAddress.parse(address)))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
    }
}
