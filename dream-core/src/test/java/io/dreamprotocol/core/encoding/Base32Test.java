package io.dreamprotocol.core.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Base32Test {
    /** RFC 4648, section 10, without the padding. */
    @ParameterizedTest
    @CsvSource({"'',''", "f,MY", "fo,MZXQ", "foo,MZXW6", "foob,MZXW6YQ", "fooba,MZXW6YTB", "foobar,MZXW6YTBOI"})
    void theVectorsOfTheRfcHold(String plain, String encoded) {
        byte[] bytes = plain.getBytes(StandardCharsets.US_ASCII);
        String lower = encoded.toLowerCase(Locale.ROOT);
        assertThat(Base32.encode(bytes)).isEqualTo(lower);
        assertThat(Base32.decode(lower)).isEqualTo(bytes);
        assertThat(Base32.decode(encoded)).isEqualTo(bytes);
    }

    @Test
    void anyBytesReadBack() {
        SplittableRandom random = new SplittableRandom(1);
        for (int length = 0; length < 200; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            assertThat(Base32.decode(Base32.encode(bytes))).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "abc",
                "abcdef", // lengths that no bytes have
                "ab",
                "mzxr",
                "mzxw7", // unused bits set
                "m1",
                "m8",
                "m=",
                "my======",
                "m y",
                "my\n",
                "-y",
                "m\u00e9",
                "\u0130y",
                "\uff4dy"
            })
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> Base32.decode(text))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_DATA));
    }
}
