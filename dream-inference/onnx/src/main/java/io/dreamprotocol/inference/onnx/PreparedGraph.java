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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph as ONNX Runtime simplified it for this processor, kept in memory so that sessions with other weights start
 * without that work.
 *
 * <p>Simplification renames and rearranges some weights. Which of the new constants is which of the old is found by
 * comparing their numbers: a weight that is not found again, number by number, in one of the known orders is left out here,
 * and changes of it need the original graph. Immutable.
 */
final class PreparedGraph {
    private final byte[] bytes;
    private final Map<String, GivenConstant> constants;
    private final Map<String, Place> places;

    private PreparedGraph(byte[] bytes, Map<String, GivenConstant> constants, Map<String, Place> places) {
        this.bytes = bytes;
        this.constants = constants;
        this.places = places;
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
     * @param layers its weights
     * @param options how sessions are made
     * @throws IOException if there is no room for an intermediate file
     */
    static PreparedGraph of(
            OrtEnvironment environment, OnnxGraph original, Collection<LayerWeight> layers, SessionOptions options)
            throws IOException, OrtException {
        Path folder = Files.createTempDirectory("dream-onnx");
        Path simplified = folder.resolve("simplified.onnx");
        try {
            options.setOptimizedModelFilePath(simplified.toString());
            environment.createSession(original.file().toString(), options).close();
            return read(original, layers, OnnxGraph.read(simplified));
        } finally {
            Files.deleteIfExists(simplified);
            Files.deleteIfExists(folder);
        }
    }

    private static PreparedGraph read(OnnxGraph original, Collection<LayerWeight> layers, OnnxGraph graph) {
        List<GraphTensor> large = GivenConstant.of(graph);
        long size = large.stream().mapToLong(GraphTensor::bytes).sum();
        ByteBuffer memory = ByteBuffer.allocateDirect(Math.toIntExact(size));
        Map<String, GivenConstant> constants = new LinkedHashMap<>();
        try (TensorFiles files = new TensorFiles(graph)) {
            int at = 0;
            for (GraphTensor tensor : large) {
                ByteBuffer numbers = memory.slice(at, (int) tensor.bytes()).order(ByteOrder.nativeOrder());
                files.read(tensor, numbers);
                constants.put(tensor.name(), new GivenConstant(tensor, numbers.flip()));
                at += (int) tensor.bytes();
            }
        }
        byte[] bytes = GraphWriter.write(graph, large, GraphEdit.NONE);
        return new PreparedGraph(bytes, constants, new Search(original, graph, constants).places(layers));
    }

    /** The simplified graph without the numbers of its large constants. */
    byte[] bytes() {
        return bytes;
    }

    /** Its large constants by name, with the original weights. */
    Map<String, GivenConstant> constants() {
        return constants;
    }

    /** Where a weight of the original graph is now, if it was found. */
    Optional<Place> place(LayerWeight weight) {
        return Optional.ofNullable(places.get(weight.layer()));
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

        private final OnnxGraph original;
        private final Map<String, GivenConstant> constants;

        /** Those that one operation alone takes, and that are new. */
        private final List<GivenConstant> renamed;

        private final Set<String> usedOnce = new HashSet<>();

        Search(OnnxGraph original, OnnxGraph simplified, Map<String, GivenConstant> constants) {
            this.original = original;
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

        Map<String, Place> places(Collection<LayerWeight> layers) {
            Map<String, Place> found = new HashMap<>();
            Set<String> taken = new HashSet<>();
            Set<String> twice = new HashSet<>();
            try (TensorFiles files = new TensorFiles(original)) {
                for (LayerWeight layer : layers) {
                    if (layer.obstacle().isEmpty() && layer.tensor().type() == GraphTensor.FLOAT) {
                        place(layer, files.floats(layer.tensor())).ifPresent(place -> {
                            found.put(layer.layer(), place);
                            if (!taken.add(place.constant.name())) {
                                twice.add(place.constant.name());
                            }
                        });
                    }
                }
            }
            found.values().removeIf(place -> twice.contains(place.constant.name()));
            return found;
        }

        private Optional<Place> place(LayerWeight layer, float[] values) {
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
