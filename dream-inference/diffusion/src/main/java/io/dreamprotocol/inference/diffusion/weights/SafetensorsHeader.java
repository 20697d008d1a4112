package io.dreamprotocol.inference.diffusion.weights;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.network.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The header of a safetensors file, read as a stream and checked in every respect that the
 * <a href="https://github.com/huggingface/safetensors#format">format</a> names.
 */
final class SafetensorsHeader {
    static final int MAX_NAME = 1000;
    static final int MAX_RANK = 16;
    private static final int MAX_SHOWN = 80;
    private static final String METADATA = "__metadata__";

    /** The names of formats that safetensors knows and this reader does not. */
    private static final List<String> FOREIGN_TYPES = List.of("F8_", "F6_", "F4", "C64", "E8M0");

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    // The header, a tensor's object, its shape.
                    .maxNestingDepth(3)
                    .maxNameLength(SafetensorsFile.MAX_HEADER_BYTES)
                    .maxStringLength(SafetensorsFile.MAX_HEADER_BYTES)
                    .maxNumberLength(20)
                    .build())
            .build();

    private final Path file;
    private final JsonParser json;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private @Nullable Map<String, String> metadata;

    private SafetensorsHeader(Path file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    /** What a header says: the tensors in the order of their bytes, and the texts beside them. */
    record Content(Map<String, StoredTensor> tensors, Map<String, String> metadata) {}

    /**
     * Reads a header.
     *
     * @param in the header's bytes and nothing else
     * @param dataBytes how many bytes follow the header
     */
    static Content read(Path file, InputStream in, long dataBytes) throws IOException {
        // A reader of our own: the parser would otherwise guess at UTF-16 and UTF-32.
        InputStreamReader text = new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        try (JsonParser json = JSON.createParser(text)) {
            SafetensorsHeader header = new SafetensorsHeader(file, json);
            header.readObject();
            return new Content(
                    header.inOrder(dataBytes), Map.copyOf(header.metadata == null ? Map.of() : header.metadata));
        } catch (CharacterCodingException e) {
            throw SafetensorsFile.corrupt(file, "its header is not UTF-8", e);
        } catch (JacksonException e) {
            throw SafetensorsFile.corrupt(file, "its header is not the JSON it should be", e);
        }
    }

    private void readObject() throws IOException {
        require(json.nextToken() == JsonToken.START_OBJECT, "its header is no JSON object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (name.equals(METADATA)) {
                require(metadata == null, "its header has " + METADATA + " twice");
                metadata = readMetadata();
            } else {
                readTensor(name);
            }
        }
        require(json.currentToken() == JsonToken.END_OBJECT, "its header is no JSON object");
        require(json.nextToken() == null, "its header goes on behind its end");
    }

    private Map<String, String> readMetadata() throws IOException {
        require(json.nextToken() == JsonToken.START_OBJECT, METADATA + " is no object");
        Map<String, String> texts = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            require(
                    json.nextToken() == JsonToken.VALUE_STRING,
                    "the value of " + METADATA + " " + shown(key) + " is no text");
            require(texts.put(key, json.getText()) == null, METADATA + " has " + shown(key) + " twice");
            require(
                    texts.size() <= SafetensorsFile.MAX_TENSORS,
                    METADATA + " has more than " + SafetensorsFile.MAX_TENSORS + " entries");
        }
        require(json.currentToken() == JsonToken.END_OBJECT, METADATA + " is no object");
        return texts;
    }

    private void readTensor(String name) throws IOException {
        require(!name.isEmpty(), "a tensor has no name");
        require(name.length() <= MAX_NAME, "the name of the tensor " + shown(name) + " is longer than " + MAX_NAME);
        require(!tensors.containsKey(name), "it has the tensor " + shown(name) + " twice");
        require(
                tensors.size() < SafetensorsFile.MAX_TENSORS,
                "it has more than " + SafetensorsFile.MAX_TENSORS + " tensors");
        require(json.nextToken() == JsonToken.START_OBJECT, tensor(name) + " is no object");
        WeightType type = null;
        long[] shape = null;
        long[] offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "dtype" -> {
                    require(type == null, tensor(name) + " has dtype twice");
                    type = type(name);
                }
                case "shape" -> {
                    require(shape == null, tensor(name) + " has shape twice");
                    shape = numbers(name, key, MAX_RANK);
                }
                case "data_offsets" -> {
                    require(offsets == null, tensor(name) + " has data_offsets twice");
                    offsets = numbers(name, key, 2);
                    require(offsets.length == 2, tensor(name) + " does not have two data_offsets");
                }
                default -> throw SafetensorsFile.corrupt(file, tensor(name) + " has the unknown member " + shown(key));
            }
        }
        require(json.currentToken() == JsonToken.END_OBJECT, tensor(name) + " is no object");
        if (type == null || shape == null || offsets == null) {
            throw SafetensorsFile.corrupt(file, tensor(name) + " lacks dtype, shape or data_offsets");
        }
        requireSize(name, type, shape, offsets);
        tensors.put(name, new StoredTensor(name, type, Shape.of(shape), offsets[0], offsets[1]));
    }

    private WeightType type(String name) throws IOException {
        require(json.currentToken() == JsonToken.VALUE_STRING, "the dtype of " + tensor(name) + " is no text");
        String text = json.getText();
        Optional<WeightType> type = WeightType.named(text);
        if (type.isEmpty() && FOREIGN_TYPES.stream().anyMatch(text::startsWith)) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "The file " + file + " has " + tensor(name) + " in the format " + shown(text)
                            + ", which is not supported; convert it to F16, BF16 or F32");
        }
        return type.orElseThrow(
                () -> SafetensorsFile.corrupt(file, tensor(name) + " has the unknown dtype " + shown(text)));
    }

    private long[] numbers(String name, String key, int most) throws IOException {
        String what = key + " of " + tensor(name);
        require(json.currentToken() == JsonToken.START_ARRAY, what + " is no list");
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            require(json.currentToken() == JsonToken.VALUE_NUMBER_INT, what + " has something else than whole numbers");
            require(numbers.size() < most, what + " has more than " + most + " numbers");
            long number = json.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? -1 : json.getLongValue();
            require(number >= 0, what + " has a number out of range");
            numbers.add(number);
        }
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    private void requireSize(String name, WeightType type, long[] shape, long[] offsets) {
        long bytes = type.bytes();
        try {
            for (long dimension : shape) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
        } catch (ArithmeticException e) {
            throw SafetensorsFile.corrupt(file, tensor(name) + " has a shape too large for any file", e);
        }
        require(
                offsets[0] <= offsets[1] && offsets[1] - offsets[0] == bytes,
                tensor(name) + " of " + type + " " + Arrays.toString(shape) + " needs " + bytes
                        + " bytes, but its data_offsets are " + Arrays.toString(offsets));
    }

    /** The tensors sorted by their place, after a check that they cover the data without holes or overlaps. */
    private Map<String, StoredTensor> inOrder(long dataBytes) {
        List<StoredTensor> sorted = new ArrayList<>(tensors.values());
        sorted.sort(Comparator.comparingLong(StoredTensor::begin).thenComparingLong(StoredTensor::end));
        Map<String, StoredTensor> ordered = new LinkedHashMap<>();
        long at = 0;
        for (StoredTensor each : sorted) {
            require(
                    each.begin() == at,
                    tensor(each.name()) + " begins at byte " + each.begin() + " of the data, where " + at
                            + " is expected: tensors overlap or leave a hole");
            at = each.end();
            require(
                    at <= dataBytes,
                    "it is truncated: its tensors need " + at + " bytes or more, but there are " + dataBytes);
            ordered.put(each.name(), each);
        }
        require(at == dataBytes, (dataBytes - at) + " bytes at its end belong to no tensor");
        return Collections.unmodifiableMap(ordered);
    }

    private void require(boolean right, String otherwise) {
        if (!right) {
            throw SafetensorsFile.corrupt(file, otherwise);
        }
    }

    private static String tensor(String name) {
        return "the tensor " + shown(name);
    }

    /** A text of the file in a form that is safe to show: short, without control characters. */
    static String shown(String text) {
        String cut = text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
        StringBuilder safe = new StringBuilder();
        cut.codePoints()
                .map(c -> Character.isISOControl(c) || !Character.isDefined(c) ? '?' : c)
                .forEach(safe::appendCodePoint);
        return safe.toString();
    }
}
