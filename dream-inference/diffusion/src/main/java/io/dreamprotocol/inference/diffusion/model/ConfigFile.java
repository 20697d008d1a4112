package io.dreamprotocol.inference.diffusion.model;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JSON configuration file of a model, read with checks that name the file and the member that is wrong. */
final class ConfigFile {
    /** Real ones have a few kilobytes. */
    static final int MAX_BYTES = 1 << 20;

    private static final int MAX_DEPTH = 16;
    private static final int MAX_SHOWN = 60;

    private static final JSON READER = JSON.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    // Python writes -Infinity into scheduler configurations.
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .build();

    private final Object path;
    private final Map<String, @Nullable Object> members;

    private ConfigFile(Object path, Map<String, @Nullable Object> members) {
        this.path = path;
        this.members = members;
    }

    /** Reads a file. */
    static ConfigFile read(Path path) {
        try {
            if (!Files.isRegularFile(path)) {
                throw new NoSuchFileException(path.toString());
            }
            if (Files.size(path) > MAX_BYTES) {
                throw corrupt(path, "is larger than " + MAX_BYTES + " bytes");
            }
            return parse(path, Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            throw new NotFoundException(
                    ErrorCode.MODEL_FILE_MISSING,
                    "The model's file " + path + " is missing; fetch or export the model again",
                    e);
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "The model's file " + path + " cannot be read; check its permissions", e);
        }
    }

    /** Reads a resource. */
    static ConfigFile read(URL resource) throws IOException {
        try (InputStream in = resource.openStream()) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw corrupt(resource, "is larger than " + MAX_BYTES + " bytes");
            }
            return parse(resource, bytes);
        }
    }

    private static ConfigFile parse(Object path, byte[] json) throws IOException {
        try {
            Map<String, Object> parsed = READER.mapFrom(json);
            if (parsed == null) {
                throw corrupt(path, "is no JSON object");
            }
            Map<String, @Nullable Object> members = new LinkedHashMap<>(parsed);
            return new ConfigFile(path, members);
        } catch (JacksonException e) {
            throw new CorruptDataException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    corrupt(path, "is no JSON object").getMessage(),
                    e);
        }
    }

    /** All members as they are. */
    Map<String, @Nullable Object> members() {
        return members;
    }

    /** Tells whether a member is there and not null. */
    boolean has(String key) {
        return members.get(key) != null;
    }

    /** A whole number, which must be there. */
    int integer(String key, int least, int most) {
        return whole(key, present(key), least, most);
    }

    /** A whole number, or a value for its absence. */
    int integer(String key, int least, int most, int absent) {
        return has(key) ? integer(key, least, most) : absent;
    }

    /** A finite number, or a value for its absence. */
    double number(String key, double least, double most, double absent) {
        Object value = members.get(key);
        return value == null ? absent : real(key, value, least, most);
    }

    /** Finite numbers, if there are any. */
    Optional<List<Double>> numbers(String key, double least, double most, int count) {
        if (!has(key)) {
            return Optional.empty();
        }
        List<Double> numbers = new ArrayList<>();
        for (Object element : list(key, count)) {
            numbers.add(real(key, element, least, most));
        }
        if (numbers.size() != count) {
            throw invalid(key, "a list of " + count + " numbers");
        }
        return Optional.of(List.copyOf(numbers));
    }

    /** Whole numbers, at least one; a single number stands for a list of one. */
    List<Integer> integers(String key, int least, int most, int maxCount) {
        if (present(key) instanceof Number number) {
            return List.of(whole(key, number, least, most));
        }
        List<Integer> numbers = new ArrayList<>();
        for (Object element : list(key, maxCount)) {
            numbers.add(whole(key, element, least, most));
        }
        return List.copyOf(numbers);
    }

    /** Objects, at least one. */
    @SuppressWarnings("unchecked")
    List<ConfigFile> objects(String key, int maxCount) {
        List<ConfigFile> objects = new ArrayList<>();
        for (Object element : list(key, maxCount)) {
            if (!(element instanceof Map<?, ?> map)) {
                throw invalid(key, "a list of objects");
            }
            // Every key of a JSON object is a text.
            objects.add(new ConfigFile(path, (Map<String, @Nullable Object>) map));
        }
        return objects;
    }

    /** Texts, at least one. */
    List<String> texts(String key, int maxCount) {
        List<String> texts = new ArrayList<>();
        for (Object element : list(key, maxCount)) {
            if (!(element instanceof String text)) {
                throw invalid(key, "a list of texts");
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    /** A text, or a value for its absence. */
    String text(String key, String absent) {
        Object value = members.get(key);
        if (value == null) {
            return absent;
        }
        if (value instanceof String text) {
            return text;
        }
        throw invalid(key, "a text");
    }

    /** A truth value, or a value for its absence. */
    boolean flag(String key, boolean absent) {
        Object value = members.get(key);
        if (value == null) {
            return absent;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw invalid(key, "true or false");
    }

    /** The error of a member that is not as it must be. */
    CorruptDataException invalid(String key, String expected) {
        String shown = String.valueOf(members.get(key));
        if (shown.length() > MAX_SHOWN) {
            shown = shown.substring(0, MAX_SHOWN) + "...";
        }
        return corrupt(path, "has " + key + " = " + shown + "; it must be " + expected);
    }

    private Object present(String key) {
        Object value = members.get(key);
        if (value == null) {
            throw corrupt(path, "has no " + key);
        }
        return value;
    }

    private List<?> list(String key, int maxCount) {
        if (present(key) instanceof List<?> list && !list.isEmpty() && list.size() <= maxCount) {
            return list;
        }
        throw invalid(key, "a list of 1 to " + maxCount + " elements");
    }

    private int whole(String key, @Nullable Object value, int least, int most) {
        if (value instanceof Number number
                && number.doubleValue() == Math.rint(number.doubleValue())
                && number.doubleValue() >= least
                && number.doubleValue() <= most) {
            return number.intValue();
        }
        throw invalid(key, "a whole number from " + least + " to " + most);
    }

    private double real(String key, @Nullable Object value, double least, double most) {
        if (value instanceof Number number && number.doubleValue() >= least && number.doubleValue() <= most) {
            return number.doubleValue();
        }
        throw invalid(key, "a number from " + least + " to " + most);
    }

    private static CorruptDataException corrupt(Object path, String what) {
        return new CorruptDataException(
                ErrorCode.MODEL_FILE_CORRUPT,
                "The model's file " + path + " " + what + "; fetch or export the model again");
    }
}
