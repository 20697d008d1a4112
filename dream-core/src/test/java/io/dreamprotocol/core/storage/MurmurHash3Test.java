package io.dreamprotocol.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MurmurHash3Test {
    @ParameterizedTest
    @CsvSource({
        "'', 0",
        "hello, cbd8a7b341bd9b02",
        "'hello, world', 342fac623a5ebc8e",
        "19 Jan 2038 at 3:14:07 AM, b89e5988b737affc",
        "The quick brown fox jumps over the lazy dog., cd99481f9ee902c9"
    })
    void hashesAreThoseOfTheReference(String text, String hash) {
        assertThat(Long.toHexString(MurmurHash3.hash64(text.getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(hash);
    }
}
