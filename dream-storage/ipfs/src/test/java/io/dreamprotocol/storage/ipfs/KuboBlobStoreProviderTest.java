package io.dreamprotocol.storage.ipfs;

import static io.dreamprotocol.storage.ipfs.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.BlobStoreProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KuboBlobStoreProviderTest {
    @Test
    void theProviderIsFound() {
        assertThat(ServiceLoader.load(BlobStoreProvider.class))
                .hasExactlyElementsOfTypes(KuboBlobStoreProvider.class)
                .allSatisfy(provider -> assertThat(provider.scheme()).isEqualTo("ipfs"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ipfs:http://127.0.0.1:5001",
                "ipfs:http://[::1]:5001/",
                "ipfs:https://node.example/kubo",
                "ipfs:http://127.0.0.1:5001?search=0"
            })
    void aStoreOpensWithoutANode(String address) {
        try (BlobStore store = new KuboBlobStoreProvider().open(BackendAddress.parse(address))) {
            assertThat(store).isInstanceOf(KuboBlobStore.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ipfs:",
                "ipfs:127.0.0.1:5001",
                "ipfs:/ip4/127.0.0.1/tcp/5001",
                "ipfs:ftp://127.0.0.1",
                "ipfs:http://",
                "ipfs:http://a b",
                "ipfs:http://user:secret@127.0.0.1:5001",
                "ipfs:http://127.0.0.1:5001#x",
                "ipfs:http://127.0.0.1:99999",
                "ipfs:http://127.0.0.1:5001?search=soon",
                "ipfs:http://127.0.0.1:5001?serach=1"
            })
    void otherAddressesAreRefused(String address) {
        assertFails(
                ErrorCode.INVALID_CONFIGURATION, () -> new KuboBlobStoreProvider().open(BackendAddress.parse(address)));
    }
}
