package io.dreamprotocol.core.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
    @Test
    void neitherTheArrayPutInNorTheOneTakenOutIsShared() {
        byte[] array = {1, 2, 3};
        Bytes bytes = Bytes.of(array);
        array[0] = 9;
        bytes.toArray()[1] = 9;
        assertThat(bytes.toArray()).containsExactly(1, 2, 3);
        assertThat(bytes.at(2)).isEqualTo((byte) 3);
        assertThat(bytes.length()).isEqualTo(3);
    }

    @Test
    void equalityIsThatOfTheContent() {
        assertThat(Bytes.of(new byte[] {1, 2}))
                .isEqualTo(Bytes.fromHex("0102"))
                .hasSameHashCodeAs(Bytes.fromHex("0102"));
        assertThat(Bytes.of(new byte[] {1, 2})).isNotEqualTo(Bytes.fromHex("0103"));
        assertThat(Bytes.of(new byte[0])).isEqualTo(Bytes.fromHex(""));
    }

    @Test
    void hexadecimalOfEitherCaseIsRead() {
        assertThat(Bytes.fromHex("00ABcdEF").toHex()).isEqualTo("00abcdef");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0g", "0x00", "00 ", "\uff10\uff10"})
    void otherTextIsNoHexadecimal(String text) {
        assertThatThrownBy(() -> Bytes.fromHex(text)).isInstanceOf(IllegalArgumentException.class);
    }

    /** FIPS 180-4 examples. */
    @ParameterizedTest
    @CsvSource({
        "'',e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "abc,ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq,"
                + "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    })
    void theSha256ExamplesOfTheStandardHold(String text, String digest) {
        Bytes bytes = Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
        assertThat(bytes.sha256().toHex()).isEqualTo(digest);
        assertThat(Bytes.sha256(bytes.toArray())).isEqualTo(bytes.sha256());
    }

    @Test
    void theStreamHasTheBytes() throws IOException {
        assertThat(Bytes.fromHex("010203").toStream().readAllBytes()).containsExactly(1, 2, 3);
    }

    @Test
    void theTextFormIsCutWhereItIsLong() {
        assertThat(Bytes.fromHex("01ff")).hasToString("01ff");
        assertThat(Bytes.of(new byte[33])).hasToString("00".repeat(32) + "... (33 bytes)");
    }
}
