package io.dreamprotocol.inference.onnx;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * The files that hold the numbers of a graph's constants: its own, and others in its folder. Thread-safe.
 */
final class TensorFiles implements AutoCloseable {
    private static final int CHUNK = 1 << 15;

    private final OnnxGraph graph;
    private final Map<Path, FileChannel> channels = new HashMap<>();

    TensorFiles(OnnxGraph graph) {
        this.graph = graph;
    }

    /** Reads a constant's numbers as they are stored, as many as the buffer has room for. */
    void read(GraphTensor tensor, ByteBuffer target) {
        read(tensor, 0, target);
    }

    private void read(GraphTensor tensor, long from, ByteBuffer target) {
        switch (tensor.place()) {
            case GraphTensor.Inline inline -> read(graph.file(), inline.offset() + from, target);
            case GraphTensor.External external -> read(beside(external.location()), external.offset() + from, target);
            case GraphTensor.Scattered scattered ->
                throw new IllegalArgumentException("not in one piece: " + tensor.name());
        }
    }

    /** Maps a constant's numbers into memory, where they stay when the files are closed, and even deleted. */
    ByteBuffer map(GraphTensor tensor) {
        return switch (tensor.place()) {
            case GraphTensor.Inline inline -> map(graph.file(), inline.offset(), tensor.bytes());
            case GraphTensor.External external -> map(beside(external.location()), external.offset(), tensor.bytes());
            case GraphTensor.Scattered scattered ->
                throw new IllegalArgumentException("not in one piece: " + tensor.name());
        };
    }

    private ByteBuffer map(Path file, long offset, long length) {
        try {
            FileChannel channel = open(file);
            if (offset > channel.size() - length) {
                throw new EOFException();
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, offset, length).order(ByteOrder.nativeOrder());
        } catch (EOFException e) {
            throw OnnxGraph.corrupt(file, "it is truncated", e);
        } catch (IOException e) {
            throw OnnxGraph.unreadable(file, e);
        }
    }

    /** Reads a constant of single or half precision. */
    float[] floats(GraphTensor tensor) {
        long elements = tensor.elements();
        if (elements > Integer.MAX_VALUE - CHUNK) {
            throw OnnxGraph.corrupt(graph.file(), "the constant " + tensor.name() + " is too large");
        }
        if (tensor.type() != GraphTensor.FLOAT && tensor.type() != GraphTensor.FLOAT16) {
            throw new IllegalArgumentException("no real numbers: " + tensor.name());
        }
        boolean half = tensor.type() == GraphTensor.FLOAT16;
        int size = half ? Short.BYTES : Float.BYTES;
        float[] values = new float[(int) elements];
        // Small enough for the processor's cache, so that the numbers pass through memory once.
        ByteBuffer chunk =
                ByteBuffer.allocateDirect(Math.min(values.length, CHUNK) * size).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < values.length; at += CHUNK) {
            int count = Math.min(CHUNK, values.length - at);
            read(tensor, (long) at * size, chunk.clear().limit(count * size));
            chunk.flip();
            if (half) {
                for (int i = 0; i < count; i++) {
                    values[at + i] = Float.float16ToFloat(chunk.getShort(i * Short.BYTES));
                }
            } else {
                chunk.asFloatBuffer().get(values, at, count);
            }
        }
        return values;
    }

    /** A file in the graph's folder or below it; a model has no business elsewhere. */
    private Path beside(String location) {
        Path folder = graph.file().toAbsolutePath().normalize().getParent();
        Path path =
                folder == null ? Path.of(location) : folder.resolve(location).normalize();
        if (folder == null || Path.of(location).isAbsolute() || !path.startsWith(folder)) {
            throw OnnxGraph.corrupt(graph.file(), "it keeps constants outside its folder");
        }
        return path;
    }

    private void read(Path file, long offset, ByteBuffer target) {
        try {
            FileChannel channel = open(file);
            long start = offset - target.position();
            while (target.hasRemaining()) {
                if (channel.read(target, start + target.position()) < 0) {
                    throw new EOFException();
                }
            }
        } catch (EOFException e) {
            throw OnnxGraph.corrupt(file, "it is truncated", e);
        } catch (IOException e) {
            throw OnnxGraph.unreadable(file, e);
        }
    }

    private synchronized FileChannel open(Path file) throws IOException {
        FileChannel channel = channels.get(file);
        if (channel == null) {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            channels.put(file, channel);
        }
        return channel;
    }

    @Override
    public synchronized void close() {
        for (Map.Entry<Path, FileChannel> each : channels.entrySet()) {
            try {
                each.getValue().close();
            } catch (IOException e) {
                throw OnnxGraph.unreadable(each.getKey(), e);
            }
        }
        channels.clear();
    }
}
