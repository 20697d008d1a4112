package io.dreamprotocol.inference.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.network.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
    private static final String ONE = "{\"w\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}";

    @TempDir
    Path folder;

    @Test
    void tensorsComeWithTheirShapesAndNumbers() {
        Path path = new SafetensorsBytes()
                .metadata(Map.of("format", "pt", "ss_network_dim", "8"))
                .floats("first", List.of(2, 3), 1, 2, 3, 4, 5, -6.5f)
                .halves("half", List.of(2), 0.5f, -65504)
                .tensor("bfloat", "BF16", List.of(1), new byte[] {(byte) 0xC0, 0x3F})
                .tensor("double", "F64", List.of(), doubles(Math.PI))
                .tensor("none", "F32", List.of(0, 5), new byte[0])
                .tensor("whole", "I64", List.of(1), new byte[8])
                .write(folder.resolve("w.safetensors"));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.path()).isEqualTo(path);
            assertThat(file.metadata()).containsOnly(Map.entry("format", "pt"), Map.entry("ss_network_dim", "8"));
            assertThat(file.tensors().keySet()).containsExactly("first", "half", "bfloat", "double", "none", "whole");
            assertThat(file.tensors().get("first").shape()).isEqualTo(Shape.of(2, 3));
            assertThat(file.tensors().get("half").type()).isEqualTo(WeightType.F16);
            assertThat(file.tensors().get("none").elements()).isZero();
            assertThat(file.floats("first")).containsExactly(1, 2, 3, 4, 5, -6.5f);
            assertThat(file.floats("half")).containsExactly(0.5f, -65504);
            assertThat(file.floats("bfloat")).containsExactly(1.5f);
            assertThat(file.floats("double")).containsExactly((float) Math.PI);
            assertThat(file.floats("none")).isEmpty();
        }
    }

    @Test
    void longTensorsAreReadInParts() {
        float[] values = new float[200_001];
        Random random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        Path path = new SafetensorsBytes()
                .floats("w", List.of(values.length), values)
                .write(folder.resolve("w.safetensors"));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.floats("w")).isEqualTo(values);
            float[] part = new float[150_002];
            file.read(file.tensors().get("w"), 50_000, part, 1, 150_001);
            assertThat(part[1]).isEqualTo(values[50_000]);
            assertThat(part[150_001]).isEqualTo(values[200_000]);
        }
    }

    @Test
    void aFileWithoutTensorsIsValid() {
        try (SafetensorsFile file = SafetensorsFile.open(write(SafetensorsBytes.file("{}")))) {
            assertThat(file.tensors()).isEmpty();
        }
    }

    @Test
    void aHeaderMayBePaddedWithSpaces() {
        try (SafetensorsFile file =
                SafetensorsFile.open(write(SafetensorsBytes.file(ONE + "   ", (byte) 1, (byte) 2)))) {
            assertThat(file.tensors()).hasSize(1);
        }
    }

    @Test
    void tensorsMayComeInAnyOrder() {
        String header = "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]},"
                + "\"a\":{\"data_offsets\":[0,1],\"shape\":[1],\"dtype\":\"U8\"}}";
        try (SafetensorsFile file = SafetensorsFile.open(write(SafetensorsBytes.file(header, (byte) 7, (byte) 8)))) {
            assertThat(file.tensors().keySet()).containsExactly("a", "b");
            ByteBuffer bytes = ByteBuffer.allocate(1);
            file.read(file.tensors().get("b"), 0, bytes);
            assertThat(bytes.get(0)).isEqualTo((byte) 8);
        }
    }

    static Stream<Arguments> malformedFiles() {
        String f32 = "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]";
        return Stream.of(
                Arguments.of("nothing at all", new byte[0], "truncated"),
                Arguments.of("half a length", new byte[5], "truncated"),
                Arguments.of("a length and nothing else", new byte[8], "truncated"),
                Arguments.of("no header", SafetensorsBytes.file("", (byte) '{'), "no JSON object"),
                Arguments.of("a header too long", length(100_000_001), "longer than 100000000 bytes"),
                Arguments.of("a negative length", length(-1), "longer than 100000000 bytes"),
                Arguments.of("a header beyond the end", length(100), "truncated within its header"),
                Arguments.of("a list", SafetensorsBytes.file("[1]"), "no JSON object"),
                Arguments.of("a leading space", SafetensorsBytes.file(" {}"), "no JSON object"),
                Arguments.of("half a header", SafetensorsBytes.file("{\"w\":{\"dtype\""), "JSON"),
                Arguments.of("two headers", SafetensorsBytes.file("{}{}"), "goes on behind its end"),
                Arguments.of("no UTF-8", SafetensorsBytes.file(new byte[] {'{', '"', (byte) 0xFF, '"'}), "not UTF-8"),
                Arguments.of("UTF-16", SafetensorsBytes.file("{}".getBytes(StandardCharsets.UTF_16LE)), "JSON"),
                Arguments.of("a comment", SafetensorsBytes.file("{/**/}"), "JSON"),
                Arguments.of("deep nesting", SafetensorsBytes.file("{\"a\":".repeat(100_000)), "is no"),
                Arguments.of(
                        "a deep shape", tensor("\"dtype\":\"F32\",\"shape\":[[1]],\"data_offsets\":[0,4]"), "JSON"),
                Arguments.of("no name", SafetensorsBytes.file("{\"\":{" + f32 + "}}", new byte[4]), "has no name"),
                Arguments.of(
                        "a long name",
                        SafetensorsBytes.file("{\"" + "n".repeat(1001) + "\":{" + f32 + "}}", new byte[4]),
                        "longer than 1000"),
                Arguments.of(
                        "a tensor twice",
                        SafetensorsBytes.file("{\"w\":{" + f32 + "},\"w\":{" + f32 + "}}", new byte[4]),
                        "the tensor w twice"),
                Arguments.of("a member twice", tensor(f32 + ",\"dtype\":\"F32\""), "dtype twice"),
                Arguments.of("an unknown member", tensor(f32 + ",\"strides\":[1]"), "unknown member strides"),
                Arguments.of("a missing member", tensor("\"dtype\":\"F32\",\"shape\":[1]"), "lacks"),
                Arguments.of("a tensor that is a number", SafetensorsBytes.file("{\"w\":1}"), "is no object"),
                Arguments.of(
                        "an unknown type",
                        tensor("\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,4]"),
                        "unknown dtype f32"),
                Arguments.of(
                        "a type that is a number", tensor("\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]"), "dtype"),
                Arguments.of(
                        "a negative dimension",
                        tensor("\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]"),
                        "out of range"),
                Arguments.of(
                        "a fraction",
                        tensor("\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]"),
                        "something else than whole numbers"),
                Arguments.of(
                        "a giant dimension",
                        tensor("\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]"),
                        "out of range"),
                Arguments.of(
                        "a number of a thousand digits",
                        tensor("\"dtype\":\"F32\",\"shape\":[" + "9".repeat(1000) + "],\"data_offsets\":[0,4]"),
                        "JSON"),
                Arguments.of(
                        "a shape that overflows",
                        tensor("\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]"),
                        "too large"),
                Arguments.of(
                        "seventeen dimensions",
                        tensor("\"dtype\":\"F32\",\"shape\":[1" + ",1".repeat(16) + "],\"data_offsets\":[0,4]"),
                        "more than 16"),
                Arguments.of(
                        "one offset",
                        tensor("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]"),
                        "two data_offsets"),
                Arguments.of(
                        "three offsets",
                        tensor("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]"),
                        "more than 2"),
                Arguments.of(
                        "offsets that do not fit the shape",
                        tensor("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]"),
                        "needs 8 bytes"),
                Arguments.of(
                        "offsets in reverse",
                        tensor("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]"),
                        "needs 4 bytes"),
                Arguments.of(
                        "offsets beyond the end",
                        tensor("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]"),
                        "truncated"),
                Arguments.of(
                        "a hole at the begin",
                        tensor("\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[1,4]"),
                        "overlap or leave a hole"),
                Arguments.of(
                        "bytes of no tensor",
                        SafetensorsBytes.file(ONE, (byte) 1, (byte) 2, (byte) 3),
                        "1 bytes at its end"),
                Arguments.of("data cut off", SafetensorsBytes.file(ONE, (byte) 1), "truncated"),
                Arguments.of(
                        "an overlap",
                        SafetensorsBytes.file(
                                "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                                        + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
                                new byte[3]),
                        "overlap or leave a hole"),
                Arguments.of(
                        "metadata of numbers", SafetensorsBytes.file("{\"__metadata__\":{\"a\":1}}"), "is no text"),
                Arguments.of(
                        "metadata that is a text", SafetensorsBytes.file("{\"__metadata__\":\"a\"}"), "is no object"),
                Arguments.of(
                        "metadata twice",
                        SafetensorsBytes.file("{\"__metadata__\":{},\"__metadata__\":{}}"),
                        "__metadata__ twice"),
                Arguments.of(
                        "a key of metadata twice",
                        SafetensorsBytes.file("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}"),
                        "a twice"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedFiles")
    void malformedFilesAreRefused(String what, byte[] bytes, String reason) {
        Path path = write(bytes);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .as(what)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(reason)
                .extracting(e -> ((DreamException) e).code())
                .isEqualTo(ErrorCode.MODEL_FILE_CORRUPT);
    }

    @Test
    void moreTensorsThanTheLimitAreRefused() {
        StringBuilder header = new StringBuilder("{\"t\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        for (int i = 0; i < SafetensorsFile.MAX_TENSORS; i++) {
            header.append(",\"").append(i).append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }
        Path path = write(SafetensorsBytes.file(header.append('}').toString()));
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("more than 100000 tensors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"F8_E4M3", "F8_E5M2", "F8_E8M0", "F4", "F6_E2M3", "C64"})
    void formatsThatAreNotSupportedAreNamed(String type) {
        Path path = write(tensor("\"dtype\":\"" + type + "\",\"shape\":[4],\"data_offsets\":[0,4]"));
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining(type)
                .hasMessageContaining("convert it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"style.pt", "model.CKPT", "pytorch_model.bin", "a.pth", "a.pkl"})
    void pickledFilesAreRefusedByTheirNames(String name) {
        Path path = folder.resolve(name);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("run code");
    }

    @Test
    void pickledFilesAreRefusedByTheirBytes() {
        byte[] zip = {'P', 'K', 3, 4, 20, 0, 0, 8, 0, 0};
        byte[] pickle = {(byte) 0x80, 2, '}', 'q', 0, '(', 'X', 1, 0, 0, 0};
        for (byte[] bytes : List.of(zip, pickle)) {
            assertThatThrownBy(() -> SafetensorsFile.open(write(bytes)))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("pickled");
        }
    }

    @Test
    void aMissingFileIsNamed() {
        for (Path path : List.of(folder.resolve("none.safetensors"), folder)) {
            assertThatThrownBy(() -> SafetensorsFile.open(path))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining(path.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void numbersThatAreNotFiniteAreRefused(float value) {
        Path path = new SafetensorsBytes().halves("w", List.of(3), 1, value, 2).write(folder.resolve("w.safetensors"));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThatThrownBy(() -> file.floats("w"))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("tensor w")
                    .hasMessageContaining("not finite");
        }
    }

    @Test
    void integersAreNoWeights() {
        Path path = write(SafetensorsBytes.file(ONE, (byte) 1, (byte) 2));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThatThrownBy(() -> file.floats("w"))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("U8");
        }
    }

    @Test
    void aFileCutOffAfterItWasOpenedIsNoticed() {
        Path path = new SafetensorsBytes().floats("w", List.of(4), 1, 2, 3, 4).write(folder.resolve("w.safetensors"));
        byte[] whole =
                new SafetensorsBytes().floats("w", List.of(4), 1, 2, 3, 4).toArray();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            SafetensorsBytes.write(path, Arrays.copyOf(whole, whole.length - 1));
            assertThatThrownBy(() -> file.floats("w"))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("truncated");
        }
    }

    @Test
    void controlCharactersOfAFileStayOutOfMessages() {
        Path path = write(SafetensorsBytes.file("{\"a\\n\\u001b[31m\":1}"));
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .hasMessageContaining("a??[31m")
                .hasMessageNotContaining("\n");
    }

    @Test
    void randomChangesToAFileGiveAnErrorOrAReadableFile() {
        byte[] whole = new SafetensorsBytes()
                .metadata(Map.of("format", "pt"))
                .floats("first", List.of(2, 3), 1, 2, 3, 4, 5, 6)
                .halves("second", List.of(2), 0.5f, 2)
                .toArray();
        Random random = new Random(20_240);
        int readable = 0;
        for (int round = 0; round < 3000; round++) {
            Path path = write(mutated(whole, random));
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                for (String name : file.tensors().keySet()) {
                    file.floats(name);
                }
                readable++;
            } catch (CorruptDataException | UnsupportedException e) {
                assertThat(e.getMessage()).contains(path.toString()).doesNotContain("\n");
            }
        }
        assertThat(readable).isBetween(1, 2999);
    }

    private static byte[] mutated(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return random.nextInt(10) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 10)) : bytes;
    }

    private Path write(byte[] bytes) {
        return SafetensorsBytes.write(folder.resolve("file.safetensors"), bytes);
    }

    private static byte[] tensor(String members) {
        return SafetensorsBytes.file("{\"w\":{" + members + "}}", new byte[4]);
    }

    private static byte[] length(long length) {
        return ByteBuffer.allocate(20)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put((byte) '{')
                .array();
    }

    private static byte[] doubles(double value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(value)
                .array();
    }
}
