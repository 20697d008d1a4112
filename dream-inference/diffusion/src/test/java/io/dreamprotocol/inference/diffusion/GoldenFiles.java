package io.dreamprotocol.inference.diffusion;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads the golden data: the folder that the system property {@code dream.golden} names. */
public final class GoldenFiles {

    private GoldenFiles() {}

    /** Returns a file or folder of the golden data. */
    public static Path path(String relative) {
        String folder = Objects.requireNonNull(System.getProperty("dream.golden"), "set -Ddream.golden=DIR");
        return Path.of(folder).resolve(relative);
    }

    /**
     * Returns the folder of CLIP's own tokenizer: within the golden data, or beside it, or the project's copy. Its files
     * are the same everywhere.
     */
    public static Path clipTokenizer() {
        for (Path folder : List.of(path("clip-tokenizer"), path("../clip-tokenizer"))) {
            if (Files.isDirectory(folder)) {
                return folder;
            }
        }
        return Path.of("../../golden/clip-tokenizer");
    }

    /** Returns a JSON file whose root is an object. */
    public static Map<String, Object> json(String relative) {
        try (InputStream in = Files.newInputStream(path(relative))) {
            return JSON.std.mapFrom(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a member that is a list of objects. */
    @SuppressWarnings("unchecked")
    public static List<Map<String, Object>> objects(Map<String, Object> object, String key) {
        return (List<Map<String, Object>>) Objects.requireNonNull(object.get(key), key);
    }

    /** Returns a member that is a list. */
    @SuppressWarnings("unchecked")
    public static List<Object> list(Map<String, Object> object, String key) {
        return (List<Object>) Objects.requireNonNull(object.get(key), key);
    }

    /** Returns a member that is a list of numbers. */
    public static double[] numbers(Map<String, Object> object, String key) {
        return list(object, key).stream()
                .mapToDouble(value -> ((Number) value).doubleValue())
                .toArray();
    }

    /** Returns a member that is a list of whole numbers. */
    public static int[] integers(Map<String, Object> object, String key) {
        return list(object, key).stream()
                .mapToInt(value -> ((Number) value).intValue())
                .toArray();
    }
}
