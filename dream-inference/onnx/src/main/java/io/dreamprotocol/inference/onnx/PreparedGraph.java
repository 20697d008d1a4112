package io.dreamprotocol.inference.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph as ONNX Runtime simplified it for this processor, kept so that sessions with other weights start without that
 * work and share the weights that do not change.
 *
 * <p>Simplification renames and rearranges some weights. Which of the new constants is which of the old is found by
 * comparing their numbers: a weight that is not found again, number by number, in one of the known orders is left out here,
 * and changes of it need the original graph. Belongs to one thread at a time.
 */
final class PreparedGraph {
    /** Weights of up to this size are kept in memory; those of larger networks stay in a file that is mapped to it. */
    private static final long MAX_MEMORY = 256L << 20;

    private static final String GRAPH = "simplified.onnx";
    private static final String WEIGHTS = "weights.bin";

    private final OnnxGraph original;
    private final byte[] bytes;
    private final Map<String, GivenConstant> constants;
    private final Search search;
    private final Map<String, Optional<Place>> places = new HashMap<>();

    private PreparedGraph(OnnxGraph original, byte[] bytes, OnnxGraph graph, Map<String, GivenConstant> constants) {
        this.original = original;
        this.bytes = bytes;
        this.constants = constants;
        this.search = new Search(original, graph, constants);
    }

    /**
     * Where a weight is.
     *
     * @param constant the constant that holds it
     * @param layout its order, or nothing if that is the original one
     */
    record Place(GraphTensor constant, Optional<BlockedLayout> layout) {}

    /**
     * Simplifies a graph.
     *
     * @param original its structure
     * @param options how sessions are made
     * @throws IOException if there is no room for the simplified graph's files
     */
    static PreparedGraph of(OrtEnvironment environment, OnnxGraph original, SessionOptions options)
            throws IOException, OrtException {
        Path folder = Files.createTempDirectory("dream-onnx");
        Path simplified = folder.resolve(GRAPH);
        try {
            requireRoom(folder, original);
            options.setOptimizedModelFilePath(simplified.toString());
            options.addConfigEntry("session.optimized_model_external_initializers_file_name", WEIGHTS);
            options.addConfigEntry(
                    "session.optimized_model_external_initializers_min_size_in_bytes",
                    Integer.toString(GivenConstant.MIN_BYTES));
            environment.createSession(original.file().toString(), options).close();
            OnnxGraph graph = OnnxGraph.read(simplified);
            List<GraphTensor> large = GivenConstant.of(graph);
            String location = String.valueOf(original.file().getFileName());
            byte[] bytes = GraphWriter.write(graph, large, GraphEdit.NONE, location);
            return new PreparedGraph(original, bytes, graph, read(graph, large));
        } finally {
            delete(simplified);
            delete(folder.resolve(WEIGHTS));
            delete(folder);
        }
    }

    private static void requireRoom(Path folder, OnnxGraph original) throws IOException {
        long needed = original.tensors().values().stream()
                .mapToLong(GraphTensor::bytes)
                .sum();
        if (Files.getFileStore(folder).getUsableSpace() < 2 * needed) {
            throw new IOException("no room for " + needed + " bytes in " + folder);
        }
    }

    private static Map<String, GivenConstant> read(OnnxGraph graph, List<GraphTensor> large) {
        boolean small = large.stream().mapToLong(GraphTensor::bytes).sum() <= MAX_MEMORY;
        Staging memory = new Staging();
        Map<String, GivenConstant> constants = new LinkedHashMap<>();
        try (TensorFiles files = new TensorFiles(graph)) {
            for (GraphTensor tensor : large) {
                ByteBuffer numbers = small ? memory.take(tensor.bytes()) : files.map(tensor);
                if (small) {
                    files.read(tensor, numbers);
                    numbers.flip();
                }
                constants.put(tensor.name(), new GivenConstant(tensor, numbers));
            }
        }
        return constants;
    }

    /** Some systems keep a file as long as it is mapped. */
    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }

    /** The simplified graph without the numbers of its large constants. */
    byte[] bytes() {
        return bytes;
    }

    /** Its large constants by name, with the original weights. */
    Map<String, GivenConstant> constants() {
        return constants;
    }

    /** Where a weight of the original graph is now, if it can be found. */
    Optional<Place> place(LayerWeight weight) {
        Optional<Place> known = places.get(weight.layer());
        if (known == null) {
            known = find(weight);
            places.put(weight.layer(), known);
        }
        return known;
    }

    private Optional<Place> find(LayerWeight weight) {
        if (weight.obstacle().isPresent() || weight.tensor().type() != GraphTensor.FLOAT) {
            return Optional.empty();
        }
        try (TensorFiles files = new TensorFiles(original)) {
            return search.place(weight, files.floats(weight.tensor()));
        }
    }

    /** Finds the original's weights among the constants of the simplified graph. */
    private static final class Search {
        private static final List<BlockedLayout> LAYOUTS = List.of(
                new BlockedLayout(16, true),
                new BlockedLayout(16, false),
                new BlockedLayout(8, true),
                new BlockedLayout(8, false),
                new BlockedLayout(4, true),
                new BlockedLayout(4, false));

        private final Map<String, GivenConstant> constants;

        /** Those that one operation alone takes, and that are new. */
        private final List<GivenConstant> renamed;

        private final Set<String> usedOnce = new HashSet<>();

        Search(OnnxGraph original, OnnxGraph simplified, Map<String, GivenConstant> constants) {
            this.constants = constants;
            Set<String> usedMore = new HashSet<>(simplified.outputs());
            for (GraphNode node : simplified.nodes()) {
                usedMore.addAll(node.captured());
                node.inputs().stream().filter(name -> !usedOnce.add(name)).forEach(usedMore::add);
            }
            usedOnce.removeAll(usedMore);
            this.renamed = constants.values().stream()
                    .filter(each -> usedOnce.contains(each.tensor().name())
                            && each.tensor().type() == GraphTensor.FLOAT
                            && !original.tensors().containsKey(each.tensor().name()))
                    .toList();
        }

        Optional<Place> place(LayerWeight layer, float[] values) {
            GraphTensor tensor = layer.tensor();
            GivenConstant same = constants.get(tensor.name());
            if (same != null) {
                boolean unchanged = usedOnce.contains(tensor.name())
                        && same.tensor().type() == GraphTensor.FLOAT
                        && same.tensor().shape().equals(tensor.shape())
                        && equal(values, same);
                return unchanged ? Optional.of(new Place(same.tensor(), Optional.empty())) : Optional.empty();
            }
            List<Place> rearranged = layer.shape().rank() == 4 ? rearranged(layer, values) : List.of();
            // Equal weights of several layers cannot be told apart.
            boolean clear = rearranged.stream().map(Place::constant).distinct().count() == 1;
            return clear ? Optional.of(rearranged.getFirst()) : Optional.empty();
        }

        /** Where the weight is in one of the other orders; some orders are the same for kernels of one place. */
        private List<Place> rearranged(LayerWeight layer, float[] values) {
            int outputs = (int) layer.shape().dimension(0);
            int inputs = (int) layer.shape().dimension(1);
            int kernel = values.length / outputs / inputs;
            List<Place> places = new ArrayList<>();
            for (BlockedLayout layout : LAYOUTS) {
                long size = layout.size(outputs, inputs, kernel);
                // Every order begins with the same number.
                List<GivenConstant> candidates = renamed.stream()
                        .filter(each ->
                                each.tensor().elements() == size && floats(each).get(0) == values[0])
                        .toList();
                if (!candidates.isEmpty()) {
                    float[] placed = layout.apply(values, outputs, inputs, kernel);
                    candidates.stream()
                            .filter(each -> equal(placed, each))
                            .forEach(each -> places.add(new Place(each.tensor(), Optional.of(layout))));
                }
            }
            return places;
        }

        private static FloatBuffer floats(GivenConstant constant) {
            return constant.numbers().duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
        }

        private static boolean equal(float[] values, GivenConstant constant) {
            return floats(constant).equals(FloatBuffer.wrap(values));
        }
    }
}
