package io.dreamprotocol.inference.diffusion.weights;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes safetensors files, right ones and, from a header of one's own, wrong ones. */
public final class SafetensorsBytes {
    private final Map<String, Object> header = new LinkedHashMap<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    /** Adds texts beside the tensors. */
    public SafetensorsBytes metadata(Map<String, String> texts) {
        header.put("__metadata__", texts);
        return this;
    }

    /** Adds a tensor of single precision. */
    public SafetensorsBytes floats(String name, List<Integer> shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return tensor(name, "F32", shape, bytes.array());
    }

    /** Adds a tensor of half precision. */
    public SafetensorsBytes halves(String name, List<Integer> shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort(Float.floatToFloat16(value));
        }
        return tensor(name, "F16", shape, bytes.array());
    }

    /** Adds a tensor. */
    public SafetensorsBytes tensor(String name, String type, List<Integer> shape, byte[] bytes) {
        int begin = data.size();
        data.writeBytes(bytes);
        header.put(name, Map.of("dtype", type, "shape", shape, "data_offsets", List.of(begin, data.size())));
        return this;
    }

    /** Returns the file. */
    public byte[] toArray() {
        try {
            return file(JSON.std.asString(header), data.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the file. */
    public Path write(Path path) {
        return write(path, toArray());
    }

    /** Returns a file of this header and these data. */
    static byte[] file(String header, byte... data) {
        return file(header.getBytes(StandardCharsets.UTF_8), data);
    }

    /** Returns a file of this header and these data. */
    static byte[] file(byte[] header, byte... data) {
        return ByteBuffer.allocate(Long.BYTES + header.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(data)
                .array();
    }

    /** Writes bytes to a file. */
    public static Path write(Path path, byte[] bytes) {
        try {
            return Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
