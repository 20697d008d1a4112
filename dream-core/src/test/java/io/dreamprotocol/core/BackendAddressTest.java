package io.dreamprotocol.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendAddressTest {
    @Test
    void schemeLocationAndOptionsAreRead() {
        assertThat(BackendAddress.parse("onnx:dream-mini?provider=cuda&cache=a%26b"))
                .isEqualTo(new BackendAddress("onnx", "dream-mini", Map.of("provider", "cuda", "cache", "a&b")));
        assertThat(BackendAddress.parse("evm:http://localhost:8545/x").location())
                .isEqualTo("http://localhost:8545/x");
        assertThat(BackendAddress.parse("embedded:./my data").location()).isEqualTo("./my data");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "data", "C:/data", ":x", "Embedded:x", "onnx:x?provider", "onnx:x?a=%zz"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> BackendAddress.parse(text))
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
    }

    @Test
    void aMisspeltOptionIsNamed() {
        assertThatThrownBy(() -> BackendAddress.parse("onnx:x?provder=cuda").requireKnownOptions(Set.of("provider")))
                .hasMessageContaining("provder")
                .hasMessageContaining("provider");
    }

    @Test
    void aMissingBackendSaysWhatToAdd() {
        assertThatThrownBy(() -> Backends.openLedger("moon:base"))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_BACKEND))
                .hasMessageContaining("add its artifact");
    }
}
