package io.dreamprotocol.core.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VarintTest {
    /** The examples of the multiformats unsigned-varint specification, and the ends of every length. */
    @ParameterizedTest
    @CsvSource({
        "0,00",
        "1,01",
        "127,7f",
        "128,8001",
        "255,ff01",
        "300,ac02",
        "16383,ff7f",
        "16384,808001",
        "2097151,ffff7f",
        "2097152,80808001",
        "4294967295,ffffffff0f",
        "72057594037927935,ffffffffffffff7f",
        "72057594037927936,808080808080808001",
        "9223372036854775807,ffffffffffffffff7f"
    })
    void numbersHaveTheirShortestForm(long number, String encoded) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Varint.write(number, out);
        assertThat(Bytes.of(out.toByteArray()).toHex()).isEqualTo(encoded);

        ByteBuffer in = ByteBuffer.wrap(Bytes.fromHex(encoded + "2a").toArray());
        assertThat(Varint.read(in)).isEqualTo(number);
        assertThat(in.remaining()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "80",
                "ffff", // cut off
                "8000",
                "8100",
                "ff8000",
                "80808080808080808000", // longer than needed
                "80808080808080808001",
                "ffffffffffffffffff01",
                "ffffffffffffffffffffff" // more than 63 bits
            })
    void otherFormsAreRefused(String encoded) {
        ByteBuffer in = ByteBuffer.wrap(Bytes.fromHex(encoded).toArray());
        assertThatThrownBy(() -> Varint.read(in))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_DATA));
    }

    @Test
    void negativeNumbersHaveNoForm() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> Varint.write(-1, out)).isInstanceOf(IllegalArgumentException.class);
        assertThat(out.size()).isZero();
    }
}
