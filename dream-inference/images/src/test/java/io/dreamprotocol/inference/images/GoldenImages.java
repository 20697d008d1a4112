package io.dreamprotocol.inference.images;

import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.image.GreyImage;
import io.dreamprotocol.core.image.RgbImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The golden images, whose expected pictures are stored raw. */
final class GoldenImages {
    private static final Path FOLDER =
            Path.of(Objects.requireNonNull(System.getProperty("dream.golden"), "dream.golden"), "images");

    private GoldenImages() {}

    /** The rows of a part of the index. */
    static List<Map<String, Object>> rows(String part) {
        try {
            Map<String, Object> index = JSON.std.mapFrom(Files.readString(FOLDER.resolve("images.json")));
            @SuppressWarnings("unchecked")
            List<Map<String, Object>> rows = (List<Map<String, Object>>) index.get(part);
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Object name) {
        try {
            return Files.readAllBytes(FOLDER.resolve((String) name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RgbImage colours(Object name) {
        byte[] raw = bytes(name);
        int[] size = size(raw, "P6");
        return RgbImage.of(size[0], size[1], tail(raw, 3 * size[0] * size[1]));
    }

    static GreyImage greys(Object name) {
        byte[] raw = bytes(name);
        int[] size = size(raw, "P5");
        return GreyImage.of(size[0], size[1], tail(raw, size[0] * size[1]));
    }

    private static int[] size(byte[] raw, String kind) {
        String head = new String(raw, 0, Math.min(raw.length, 30), StandardCharsets.ISO_8859_1);
        String[] words = head.split("\\s", 5);
        if (!words[0].equals(kind) || !words[3].equals("255")) {
            throw new IllegalArgumentException("Not a raw picture of kind " + kind);
        }
        return new int[] {Integer.parseInt(words[1]), Integer.parseInt(words[2])};
    }

    private static byte[] tail(byte[] raw, int length) {
        return Arrays.copyOfRange(raw, raw.length - length, raw.length);
    }
}
