package io.dreamprotocol.core.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.Cid;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DagCborTest {
    private static final Cid EMPTY = Cid.of(Cid.Codec.RAW, new byte[0]);
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

    /** RFC 8949, appendix A, as far as DAG-CBOR takes it over; numbers with a fraction always in eight bytes. */
    static Stream<Arguments> vectors() {
        return Stream.of(
                Arguments.of(0L, "00"),
                Arguments.of(1L, "01"),
                Arguments.of(10L, "0a"),
                Arguments.of(23L, "17"),
                Arguments.of(24L, "1818"),
                Arguments.of(25L, "1819"),
                Arguments.of(100L, "1864"),
                Arguments.of(255L, "18ff"),
                Arguments.of(256L, "190100"),
                Arguments.of(1000L, "1903e8"),
                Arguments.of(65_535L, "19ffff"),
                Arguments.of(65_536L, "1a00010000"),
                Arguments.of(1_000_000L, "1a000f4240"),
                Arguments.of(4_294_967_295L, "1affffffff"),
                Arguments.of(4_294_967_296L, "1b0000000100000000"),
                Arguments.of(1_000_000_000_000L, "1b000000e8d4a51000"),
                Arguments.of(Long.MAX_VALUE, "1b7fffffffffffffff"),
                Arguments.of(BigInteger.ONE.shiftLeft(63), "1b8000000000000000"),
                Arguments.of(TWO_TO_64.subtract(BigInteger.ONE), "1bffffffffffffffff"),
                Arguments.of(-1L, "20"),
                Arguments.of(-10L, "29"),
                Arguments.of(-24L, "37"),
                Arguments.of(-25L, "3818"),
                Arguments.of(-100L, "3863"),
                Arguments.of(-1000L, "3903e7"),
                Arguments.of(Long.MIN_VALUE, "3b7fffffffffffffff"),
                Arguments.of(BigInteger.valueOf(Long.MIN_VALUE).subtract(BigInteger.ONE), "3b8000000000000000"),
                Arguments.of(TWO_TO_64.negate(), "3bffffffffffffffff"),
                Arguments.of(0.0, "fb0000000000000000"),
                Arguments.of(-0.0, "fb8000000000000000"),
                Arguments.of(1.0, "fb3ff0000000000000"),
                Arguments.of(1.1, "fb3ff199999999999a"),
                Arguments.of(1.0e300, "fb7e37e43c8800759c"),
                Arguments.of(Double.MIN_VALUE, "fb0000000000000001"),
                Arguments.of(-4.1, "fbc010666666666666"),
                Arguments.of(false, "f4"),
                Arguments.of(true, "f5"),
                Arguments.of(null, "f6"),
                Arguments.of(Bytes.of(new byte[0]), "40"),
                Arguments.of(Bytes.fromHex("01020304"), "4401020304"),
                Arguments.of("", "60"),
                Arguments.of("a", "6161"),
                Arguments.of("IETF", "6449455446"),
                Arguments.of("\"\\", "62225c"),
                Arguments.of("\u00fc", "62c3bc"),
                Arguments.of("\u6c34", "63e6b0b4"),
                Arguments.of("\ud800\udd51", "64f0908591"),
                Arguments.of(List.of(), "80"),
                Arguments.of(List.of(1L, 2L, 3L), "83010203"),
                Arguments.of(List.of(1L, List.of(2L, 3L), List.of(4L, 5L)), "8301820203820405"),
                Arguments.of(Map.of(), "a0"),
                Arguments.of(Map.of("a", 1L, "b", List.of(2L, 3L)), "a26161016162820203"),
                Arguments.of(
                        Map.of("a", "A", "b", "B", "c", "C", "d", "D", "e", "E"),
                        "a56161614161626142616361436164614461656145"),
                Arguments.of(EMPTY, "d82a582500" + EMPTY.toBytes().toHex()));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void everyValueHasOneEncoding(@Nullable Object value, String encoded) {
        assertThat(Bytes.of(DagCbor.encode(value)).toHex()).isEqualTo(encoded);
        assertThat(decode(encoded)).isEqualTo(value);
    }

    @Test
    void integersAreThoseOfTheirValueWhateverTheirType() {
        assertThat(DagCbor.encode(7)).isEqualTo(DagCbor.encode(7L)).isEqualTo(DagCbor.encode(BigInteger.valueOf(7)));
        assertThat(DagCbor.decode(DagCbor.encode(7))).isEqualTo(7L);
    }

    @Test
    void mapKeysAreWrittenShortestFirstAndThenByTheirBytes() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (String key : List.of("bb", "\u00e9", "zz", "aaa", "b", "", "a\u0000")) {
            map.put(key, 1L);
        }
        assertThat(((Map<?, ?>) decode(Bytes.of(DagCbor.encode(map)).toHex()))
                        .keySet()
                        .toArray())
                .containsExactly("", "b", "a\u0000", "bb", "zz", "\u00e9", "aaa");
        assertThat(DagCbor.encode(new HashMap<>(map))).isEqualTo(DagCbor.encode(map));
    }

    @Test
    void theDeepestNestingIsWrittenAndRead() {
        Object value = 1L;
        for (int i = 0; i < DagCbor.MAX_DEPTH; i++) {
            value = i % 2 == 0 ? List.of(value) : Map.of("k", value);
        }
        byte[] encoded = DagCbor.encode(value);
        assertThat(DagCbor.decode(encoded)).isEqualTo(value);

        Object deeper = List.of(value);
        assertThatThrownBy(() -> DagCbor.encode(deeper)).isInstanceOf(IllegalArgumentException.class);
        assertMalformed("81".repeat(DagCbor.MAX_DEPTH + 1) + "01");
        assertMalformed("81".repeat(1_000_000));
    }

    @ParameterizedTest
    @CsvSource({
        "nothing, ''",
        "a byte too many, 0000",
        "an integer in two bytes instead of one, 1817",
        "in three instead of two, 1900ff",
        "in five instead of three, 1a0000ffff",
        "in nine instead of five, 1b00000000ffffffff",
        "a negative integer in more bytes than needed, 3800",
        "a text length in more bytes than needed, 780161",
        "a byte string length in more bytes than needed, 580100",
        "a list length in more bytes than needed, 980101",
        "a map length in more bytes than needed, b801616101",
        "an integer cut off, 19ff",
        "a text cut off, 6261",
        "bytes cut off, 4201",
        "a list cut off, 820 1",
        "a map cut off, a16161",
        "a length beyond the end, 7b7fffffffffffffff61",
        "a length beyond 63 bits, 9bffffffffffffffff01",
        "a reserved length, 1c",
        "an indefinite text, 7f6161ff",
        "indefinite bytes, 5f4101ff",
        "an indefinite list, 9f01ff",
        "an indefinite map, bf616101ff",
        "a break, ff",
        "text that is no UTF-8, 61ff",
        "half a surrogate pair in UTF-8, 63eda080",
        "a letter in more bytes than needed, 62c1a1",
        "map keys out of order, a2616201616101",
        "a longer map key first, a262616101616201",
        "a map key twice, a2616101616102",
        "an integer as map key, a10101",
        "bytes as map key, a1416101",
        "half precision, f93c00",
        "single precision, fa3f800000",
        "not a number, fb7ff8000000000000",
        "infinity, fb7ff0000000000000",
        "undefined, f7",
        "a simple value, f0",
        "a simple value in two bytes, f8ff",
        "false in two bytes, f814",
        "a date, c074323031332d30332d32315432303a30343a30305a",
        "a big number, c249010000000000000000",
        "tag 42 in more bytes than needed, d9002a4100",
        "a link that is text, d82a6161",
        "a link without bytes, d82a40",
        "a link without its prefix, d82a582401551220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "a link in another multibase, d82a58250101551220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "a link to version 0, d82a5823001220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "a damaged link, d82a450001551220"
    })
    void whatIsNotCanonicalIsRefused(String what, String encoded) {
        assertMalformed(encoded.replace(" ", ""));
    }

    @ParameterizedTest
    @MethodSource("valuesWithoutForm")
    void valuesWithoutAFormAreAMistake(Object value) {
        assertThatThrownBy(() -> DagCbor.encode(value)).isInstanceOf(IllegalArgumentException.class);
    }

    static Stream<Object> valuesWithoutForm() {
        return Stream.of(
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                1.5f,
                TWO_TO_64,
                TWO_TO_64.negate().subtract(BigInteger.ONE),
                "\ud800",
                "\udc00a",
                Map.of("\ud800", 1L),
                Map.of(1L, "a"),
                new byte[] {1},
                'a');
    }

    /** Whatever bytes are accepted must be the encoding of what they decode to. */
    @Test
    void bytesThatAreReadAreTheEncodingOfTheirValue() {
        SplittableRandom random = new SplittableRandom(42);
        int accepted = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(12)];
            random.nextBytes(bytes);
            try {
                Object value = DagCbor.decode(bytes);
                assertThat(DagCbor.encode(value)).isEqualTo(bytes);
                accepted++;
            } catch (CorruptDataException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_DATA);
            }
        }
        assertThat(accepted).isGreaterThan(1_000);
    }

    @Test
    void aChangedBitGivesAnotherValueOrAnError() {
        Map<String, Object> value = new HashMap<>();
        value.put("prompt", "a red apple");
        value.put("steps", 20L);
        value.put("guidance", 7.5);
        value.put("model", EMPTY);
        value.put("list", new ArrayList<>(List.of(Bytes.fromHex("0102"), true)));
        byte[] encoded = DagCbor.encode(value);
        for (int bit = 0; bit < encoded.length * 8; bit++) {
            byte[] changed = encoded.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(DagCbor.decode(changed)).isNotEqualTo(value);
            } catch (CorruptDataException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_DATA);
            }
        }
    }

    private static @Nullable Object decode(String hex) {
        return DagCbor.decode(Bytes.fromHex(hex).toArray());
    }

    private static void assertMalformed(String hex) {
        assertThatThrownBy(() -> decode(hex))
                .isInstanceOfSatisfying(
                        CorruptDataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_DATA));
    }
}
