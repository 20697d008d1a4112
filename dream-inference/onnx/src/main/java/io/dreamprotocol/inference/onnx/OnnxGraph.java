package io.dreamprotocol.inference.onnx;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.inference.diffusion.network.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The structure of a network in an <a href="https://github.com/onnx/onnx/blob/main/docs/IR.md">ONNX</a> file: its
 * operations and constants, without the constants' numbers. What the engine alone needs is not read. Immutable.
 *
 * @param file the file
 * @param opset the version of ONNX's own operators
 * @param nodes the operations, in the order in which they are computed
 * @param tensors the constants by name
 * @param inputs the names of what the network takes
 * @param outputs the names of what the network gives
 * @param modelFields the fields of the file besides the graph, one after another
 * @param graphFields the fields of the graph, one after another
 */
record OnnxGraph(
        Path file,
        long opset,
        List<GraphNode> nodes,
        Map<String, GraphTensor> tensors,
        List<String> inputs,
        Set<String> outputs,
        List<Field> modelFields,
        List<Field> graphFields) {
    /** The most operations and constants of a graph; those of the largest published models have some ten thousand. */
    static final int MAX_ITEMS = 1_000_000;

    /** The most bytes of a graph without its constants' numbers. */
    static final int MAX_STRUCTURE = 1 << 28;

    static final int GRAPH = 7;
    static final int NODE = 1;
    static final int INITIALIZER = 5;

    /** The attributes whose texts are read. */
    private static final Set<String> TEXTS = Set.of("auto_pad", "mode");

    private static final int MAX_RANK = 16;
    private static final int MAX_DEPTH = 8;
    private static final int MAX_LIST = 1 << 20;

    /**
     * A field of a message.
     *
     * @param number its number
     * @param start where it begins in the file, with its tag
     * @param end where it ends
     */
    record Field(int number, long start, long end) {}

    /** Reads a file. */
    static OnnxGraph read(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new Reader(file, new ProtoReader(channel)).model();
        } catch (MalformedGraphException | EOFException e) {
            throw corrupt(file, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    static CorruptDataException corrupt(Path file, String reason) {
        return new CorruptDataException(ErrorCode.MODEL_FILE_CORRUPT, message(file, reason));
    }

    static CorruptDataException corrupt(Path file, String reason, Exception cause) {
        return new CorruptDataException(ErrorCode.MODEL_FILE_CORRUPT, message(file, reason), cause);
    }

    private static String message(Path file, String reason) {
        return "The file " + file + " is no usable ONNX network: " + reason + "; fetch or export it again";
    }

    static DreamException unreadable(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return new NotFoundException(
                    ErrorCode.MODEL_FILE_MISSING,
                    "The model's file " + file + " is missing; fetch or export the model again",
                    e);
        }
        return new StorageException(
                ErrorCode.STORE_FAILED, "The model's file " + file + " cannot be read; check its permissions", e);
    }

    /** Reads the messages that make up a file. */
    private static final class Reader {
        private final Path file;
        private final ProtoReader in;
        private final List<GraphNode> nodes = new ArrayList<>();
        private final Map<String, GraphTensor> tensors = new LinkedHashMap<>();
        private final List<String> inputs = new ArrayList<>();
        private final Set<String> outputs = new HashSet<>();
        private final List<Field> graphFields = new ArrayList<>();
        private final List<Field> modelFields = new ArrayList<>();
        private boolean hasGraph;
        private long opset;
        private long structure;

        Reader(Path file, ProtoReader in) {
            this.file = file;
            this.in = in;
        }

        OnnxGraph model() throws IOException {
            long start = in.position();
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                switch (field) {
                    case GRAPH -> {
                        require(!hasGraph, "it has two graphs");
                        hasGraph = true;
                        long outer = in.enter();
                        graph();
                        in.leave(outer);
                    }
                    case 8 -> operatorSet();
                    default -> in.skip();
                }
                add(modelFields, new Field(field, start, in.position()), field != GRAPH);
                start = in.position();
            }
            require(hasGraph, "it has no graph");
            return new OnnxGraph(
                    file,
                    opset,
                    List.copyOf(nodes),
                    tensors,
                    List.copyOf(inputs),
                    Set.copyOf(outputs),
                    List.copyOf(modelFields),
                    List.copyOf(graphFields));
        }

        private void operatorSet() throws IOException {
            long outer = in.enter();
            String domain = "";
            long version = 0;
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                switch (field) {
                    case 1 -> domain = in.text();
                    case 2 -> version = in.integer();
                    default -> in.skip();
                }
            }
            if (domain.isEmpty() || domain.equals("ai.onnx")) {
                opset = version;
            }
            in.leave(outer);
        }

        private void graph() throws IOException {
            long start = in.position();
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                switch (field) {
                    case NODE -> nodes.add(node());
                    case INITIALIZER -> {
                        GraphTensor tensor = tensor();
                        require(
                                tensor.name().isEmpty() || tensors.put(tensor.name(), tensor) == null,
                                "it has two constants of one name");
                    }
                    case 11 -> inputs.add(valueName());
                    case 12 -> outputs.add(valueName());
                    default -> in.skip();
                }
                add(graphFields, new Field(field, start, in.position()), field != INITIALIZER);
                start = in.position();
            }
        }

        private void add(List<Field> fields, Field field, boolean counts) {
            fields.add(field);
            require(fields.size() <= MAX_ITEMS, "it has more than " + MAX_ITEMS + " parts");
            structure += counts ? field.end() - field.start() : 0;
            require(structure <= MAX_STRUCTURE, "its operations need more than " + MAX_STRUCTURE + " bytes");
        }

        private GraphNode node() throws IOException {
            long outer = in.enter();
            long start = in.position();
            long end = in.limit();
            String name = "";
            String operator = "";
            String domain = "";
            List<String> takes = new ArrayList<>();
            List<String> gives = new ArrayList<>();
            Map<String, List<Long>> integers = new HashMap<>();
            Map<String, Float> reals = new HashMap<>();
            Map<String, String> texts = new HashMap<>();
            Set<String> captured = new HashSet<>();
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                switch (field) {
                    case 1 -> takes.add(in.text());
                    case 2 -> gives.add(in.text());
                    case 3 -> name = in.text();
                    case 4 -> operator = in.text();
                    case 5 -> attribute(integers, reals, texts, captured, MAX_DEPTH);
                    case 7 -> domain = in.text();
                    default -> in.skip();
                }
                require(takes.size() + gives.size() <= MAX_ITEMS, "it has an operation with too many inputs");
            }
            in.leave(outer);
            return new GraphNode(
                    name,
                    operator,
                    domain,
                    List.copyOf(takes),
                    List.copyOf(gives),
                    Map.copyOf(integers),
                    Map.copyOf(reals),
                    Map.copyOf(texts),
                    Set.copyOf(captured),
                    start,
                    end);
        }

        private void attribute(
                Map<String, List<Long>> integers,
                Map<String, Float> reals,
                Map<String, String> texts,
                Set<String> captured,
                int depth)
                throws IOException {
            require(depth > 0, "it has graphs within graphs, too deep");
            long outer = in.enter();
            String name = "";
            List<Long> values = new ArrayList<>();
            float real = Float.NaN;
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                switch (field) {
                    case 1 -> name = in.text();
                    case 2 -> real = in.real();
                    case 3 -> values.add(in.integer());
                    case 4 -> {
                        if (TEXTS.contains(name)) {
                            texts.put(name, in.text());
                        } else {
                            in.skip();
                        }
                    }
                    case 6, 11 -> innerGraph(captured, depth);
                    case 8 -> readIntegers(values);
                    default -> in.skip();
                }
            }
            if (!values.isEmpty()) {
                integers.put(name, List.copyOf(values));
            }
            if (!Float.isNaN(real)) {
                reals.put(name, real);
            }
            in.leave(outer);
        }

        /** A graph in an attribute may use every name of the graphs around it. */
        private void innerGraph(Set<String> captured, int depth) throws IOException {
            long outer = in.enter();
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                if (field == NODE) {
                    innerNode(captured, depth);
                } else if (field == 12) {
                    captured.add(valueName());
                } else {
                    in.skip();
                }
            }
            in.leave(outer);
        }

        private void innerNode(Set<String> captured, int depth) throws IOException {
            long outer = in.enter();
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                switch (field) {
                    case 1 -> captured.add(in.text());
                    case 5 -> attribute(new HashMap<>(), new HashMap<>(), new HashMap<>(), captured, depth - 1);
                    default -> in.skip();
                }
            }
            in.leave(outer);
        }

        private String valueName() throws IOException {
            long outer = in.enter();
            String name = "";
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                if (field == 1) {
                    name = in.text();
                } else {
                    in.skip();
                }
            }
            in.leave(outer);
            return name;
        }

        private GraphTensor tensor() throws IOException {
            long outer = in.enter();
            long start = in.position();
            long end = in.limit();
            List<Long> dimensions = new ArrayList<>();
            Map<String, String> external = new HashMap<>();
            String name = "";
            long type = 0;
            long rawStart = -1;
            long rawEnd = -1;
            boolean elsewhere = false;
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                switch (field) {
                    case 1 -> readIntegers(dimensions);
                    case 2 -> type = in.integer();
                    case 8 -> name = in.text();
                    case 9 -> {
                        long around = in.enter();
                        rawStart = in.position();
                        rawEnd = in.limit();
                        in.leave(around);
                    }
                    case 13 -> entry(external);
                    case 14 -> elsewhere = in.integer() == 1;
                    default -> in.skip();
                }
            }
            in.leave(outer);
            GraphTensor.Place place = new GraphTensor.Scattered();
            if (elsewhere) {
                place = external(external);
            } else if (rawStart >= 0) {
                place = new GraphTensor.Inline(rawStart, rawEnd - rawStart);
            }
            return checked(new GraphTensor(
                    name, type < 0 || type > Integer.MAX_VALUE ? 0 : (int) type, shape(dimensions), place, start, end));
        }

        private static Shape shape(List<Long> dimensions) {
            require(dimensions.size() <= MAX_RANK, "it has a constant of too many dimensions");
            long elements = 1;
            for (long dimension : dimensions) {
                require(dimension >= 0, "it has a constant of negative size");
                require(
                        Math.multiplyHigh(elements, dimension) == 0 && elements * dimension >= 0,
                        "it has a constant of absurd size");
                elements *= dimension;
            }
            require(elements <= Long.MAX_VALUE / Long.BYTES, "it has a constant of absurd size");
            return Shape.of(dimensions.stream().mapToLong(Long::longValue).toArray());
        }

        private static GraphTensor checked(GraphTensor tensor) {
            long bytes = tensor.bytes();
            if (bytes > 0 && tensor.place() instanceof GraphTensor.Inline inline) {
                require(inline.length() == bytes, "a constant in it is longer or shorter than its shape says");
            }
            if (bytes > 0 && tensor.place() instanceof GraphTensor.External external) {
                require(
                        external.length() == bytes || external.length() == GraphTensor.External.TO_THE_END,
                        "a constant beside it is longer or shorter than its shape says");
            }
            return tensor;
        }

        private static GraphTensor.External external(Map<String, String> entries) {
            String location = entries.getOrDefault("location", "");
            require(!location.isEmpty(), "it has a constant in another file without a name");
            return new GraphTensor.External(
                    location, number(entries, "offset", 0), number(entries, "length", GraphTensor.External.TO_THE_END));
        }

        private static long number(Map<String, String> entries, String key, long absent) {
            String text = entries.get(key);
            if (text == null) {
                return absent;
            }
            try {
                long number = Long.parseLong(text);
                require(number >= 0, "it has a constant in another file at a negative place");
                return number;
            } catch (NumberFormatException e) {
                throw new MalformedGraphException("it has a constant in another file without a place", e);
            }
        }

        private void entry(Map<String, String> entries) throws IOException {
            long outer = in.enter();
            String key = "";
            String value = "";
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                switch (field) {
                    case 1 -> key = in.text();
                    case 2 -> value = in.text();
                    default -> in.skip();
                }
            }
            entries.put(key, value);
            in.leave(outer);
        }

        /** Integers come one in a field, or many packed into one. */
        private void readIntegers(List<Long> values) throws IOException {
            if (in.wireType() == ProtoReader.VARINT) {
                values.add(in.integer());
            } else {
                long outer = in.enter();
                while (in.position() < in.limit()) {
                    values.add(in.varint());
                    require(values.size() <= MAX_LIST, "it has a list that is too long");
                }
                in.leave(outer);
            }
            require(values.size() <= MAX_LIST, "it has a list that is too long");
        }

        private static void require(boolean right, String otherwise) {
            if (!right) {
                throw new MalformedGraphException(otherwise);
            }
        }
    }
}
