package io.dreamprotocol.inference.onnx;

import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.network.ChangeableNetwork;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkChanges;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.network.TensorInfo;
import io.dreamprotocol.inference.diffusion.network.WeightChange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A network whose weights can be changed, in a session of its own for every set of changes.
 *
 * <p>ONNX Runtime fixes a session's weights when it is made. The first changed session is made from the graph's own file;
 * when a second is asked for, the graph as the engine simplified it is kept, so that this and all later ones start without
 * that work, and share with each other the weights that do not change. Either way weights are replaced before the engine
 * lays them out for its kernels, so that a changed network is as fast as one that was exported with those weights, and gives
 * the same numbers.
 */
final class ChangeableOnnxNetwork implements ChangeableNetwork {
    private static final String EXTERNAL_FOLDER = "session.model_external_initializers_file_folder_path";

    private final OrtEnvironment environment;
    private final OnnxOptions options;
    private final Path file;
    private final OnnxNetwork network;

    /** Guards what follows, and lets one session be made at a time: each needs all processors. */
    private final Object making = new Object();

    private @Nullable OnnxGraph graph;
    private @Nullable Map<String, LayerWeight> layers;
    private @Nullable PreparedGraph prepared;
    private boolean preparable = true;
    private boolean changedBefore;

    /** Memory for merged weights that no session uses, at most one session's. */
    private final AtomicReference<@Nullable Staging> idle = new AtomicReference<>();

    /** The file's size and time when it was loaded: later changes would not fit the weights in use. */
    private final FileState loaded;

    private volatile boolean closed;

    ChangeableOnnxNetwork(OrtEnvironment environment, OnnxOptions options, Path file, OnnxNetwork network) {
        this.environment = environment;
        this.options = options;
        this.file = file;
        this.network = network;
        this.loaded = state(file);
    }

    private record FileState(long size, FileTime modified) {}

    private static FileState state(Path file) {
        try {
            return new FileState(Files.size(file), Files.getLastModifiedTime(file));
        } catch (IOException e) {
            throw OnnxGraph.unreadable(file, e);
        }
    }

    @Override
    public Map<String, TensorInfo> inputs() {
        return network.inputs();
    }

    @Override
    public Map<String, TensorInfo> outputs() {
        return network.outputs();
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> wanted, Cancellation cancellation) {
        return network.run(inputs, wanted, cancellation);
    }

    @Override
    public void close() {
        network.close();
        synchronized (making) {
            prepared = null;
            preparable = false;
        }
        closed = true;
        idle.set(null);
    }

    @Override
    public Map<String, Shape> layers() {
        synchronized (making) {
            Map<String, Shape> shapes = new LinkedHashMap<>();
            readLayers().forEach((name, weight) -> shapes.put(name, weight.shape()));
            return shapes;
        }
    }

    @Override
    public Network with(NetworkChanges changes) {
        synchronized (making) {
            requireSameFile();
            Map<LayerWeight, List<WeightChange>> byWeight = byWeight(changes.weights());
            try {
                boolean sameGraph = changes.embeddings().isEmpty() && !changes.seamless();
                PreparedGraph fast = sameGraph ? prepared(byWeight.keySet()) : null;
                Network changed = fast == null ? fromFile(changes, byWeight) : fromPrepared(fast, byWeight);
                changedBefore = true;
                return changed;
            } catch (OrtException e) {
                throw OnnxErrors.loading(file, e);
            } catch (OutOfMemoryError e) {
                throw new UnsupportedException(
                        ErrorCode.NOT_ENOUGH_MEMORY,
                        "There is not enough memory for " + file + " with other weights; give Java more"
                                + " (-XX:MaxDirectMemorySize) or use a smaller model",
                        e);
            }
        }
    }

    private void requireSameFile() {
        if (!state(file).equals(loaded)) {
            throw OnnxGraph.corrupt(file, "it was changed after it was loaded");
        }
    }

    private Staging takeStaging() {
        Staging staging = idle.getAndSet(null);
        return staging == null ? new Staging() : staging;
    }

    /** Takes no lock, so that closing a network never waits for another that is being made. */
    private void giveBack(Staging staging) {
        staging.reuse();
        idle.set(closed ? null : staging);
    }

    private OnnxGraph readGraph() {
        if (graph == null) {
            graph = OnnxGraph.read(file);
        }
        return graph;
    }

    private Map<String, LayerWeight> readLayers() {
        if (layers == null) {
            layers = GraphLayers.of(readGraph());
        }
        return layers;
    }

    private Map<LayerWeight, List<WeightChange>> byWeight(List<WeightChange> changes) {
        Map<LayerWeight, List<WeightChange>> byWeight = new LinkedHashMap<>();
        for (WeightChange change : changes) {
            LayerWeight weight = readLayers().get(change.layer());
            if (weight == null) {
                throw new IllegalArgumentException("The network " + file + " has no layer " + change.layer());
            }
            if (weight.obstacle().isPresent()) {
                throw new UnsupportedException(
                        ErrorCode.UNSUPPORTED,
                        "The weight of the layer " + change.layer() + " in " + file
                                + " cannot be changed by a style model: it "
                                + weight.obstacle().get());
            }
            byWeight.computeIfAbsent(weight, each -> new ArrayList<>()).add(change);
        }
        return byWeight;
    }

    /** The simplified graph, if there is one by now and it has all these weights. */
    private @Nullable PreparedGraph prepared(Set<LayerWeight> weights) throws OrtException {
        if (prepared == null && preparable && changedBefore) {
            prepared = prepare();
            preparable = prepared != null;
        }
        PreparedGraph now = prepared;
        return now != null
                        && weights.stream().allMatch(weight -> now.place(weight).isPresent())
                ? now
                : null;
    }

    private @Nullable PreparedGraph prepare() {
        // Other providers lay weights out in their own memory.
        if (options.provider() != ExecutionProvider.CPU) {
            return null;
        }
        try (SessionOptions session = OnnxRuntime.sessionOptions(options)) {
            return PreparedGraph.of(environment, readGraph(), session);
        } catch (IOException | OrtException e) {
            // There is no room for the intermediate files; changes are then made the slower way.
            return null;
        }
    }

    private Network fromPrepared(PreparedGraph from, Map<LayerWeight, List<WeightChange>> byWeight)
            throws OrtException {
        List<Replacement> replacements = new ArrayList<>();
        byWeight.forEach((weight, changes) -> {
            PreparedGraph.Place place = from.place(weight).orElseThrow();
            replacements.add(new Replacement(weight, changes, place.constant(), place.layout()));
        });
        Staging staging = takeStaging();
        Map<String, GivenConstant> constants = new HashMap<>(from.constants());
        List<OnnxTensorLike> tensors = new ArrayList<>();
        boolean opened = false;
        try (SessionOptions session = sessionOptions()) {
            merge(replacements, List.of(), staging)
                    .forEach(each -> constants.put(each.tensor().name(), each));
            session.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
            for (GivenConstant constant : constants.values()) {
                OnnxTensorLike tensor = constant.toOnnx(environment);
                tensors.add(tensor);
                // The session uses this memory as long as it is open.
                session.addInitializer(constant.tensor().name(), tensor);
            }
            Network changed = new ChangedOnnxNetwork(open(from.bytes(), session), tensors, () -> giveBack(staging));
            opened = true;
            return changed;
        } finally {
            if (!opened) {
                tensors.forEach(OnnxTensorLike::close);
                giveBack(staging);
            }
        }
    }

    private Network fromFile(NetworkChanges changes, Map<LayerWeight, List<WeightChange>> byWeight)
            throws OrtException {
        OnnxGraph original = readGraph();
        GraphEdit edit = edit(original, changes);
        List<Replacement> replacements = new ArrayList<>();
        byWeight.forEach(
                (weight, each) -> replacements.add(new Replacement(weight, each, weight.tensor(), Optional.empty())));
        Set<String> changed =
                replacements.stream().map(each -> each.target.name()).collect(Collectors.toSet());
        // What lies in other files can stay there.
        List<GraphTensor> unchanged = GivenConstant.of(original).stream()
                .filter(tensor -> !changed.contains(tensor.name()) && !(tensor.place() instanceof GraphTensor.External))
                .toList();
        Staging staging = takeStaging();
        Map<String, OnnxTensorLike> tensors = new HashMap<>();
        try (SessionOptions session = sessionOptions()) {
            List<GivenConstant> constants = merge(replacements, unchanged, staging);
            for (GivenConstant constant : constants) {
                tensors.put(constant.tensor().name(), constant.toOnnx(environment));
            }
            // The session copies them while it is made.
            session.addExternalInitializers(tensors);
            List<GraphTensor> given =
                    constants.stream().map(GivenConstant::tensor).toList();
            String location = String.valueOf(file.getFileName());
            return open(GraphWriter.write(original, given, edit, location), session);
        } finally {
            tensors.values().forEach(OnnxTensorLike::close);
            giveBack(staging);
        }
    }

    private GraphEdit edit(OnnxGraph original, NetworkChanges changes) {
        if (changes.seamless()) {
            return JoinedEdges.edit(original);
        }
        return changes.embeddings()
                .map(added -> AddedTokens.edit(original, added, idType()))
                .orElse(GraphEdit.NONE);
    }

    private SessionOptions sessionOptions() throws OrtException {
        SessionOptions session = OnnxRuntime.sessionOptions(options);
        session.addConfigEntry(
                EXTERNAL_FOLDER, String.valueOf(file.toAbsolutePath().getParent()));
        return session;
    }

    private ElementType idType() {
        return network.inputs().values().stream()
                .map(TensorInfo::type)
                .findFirst()
                .orElse(ElementType.INT64);
    }

    private OnnxNetwork open(byte[] bytes, SessionOptions session) throws OrtException {
        OrtSession opened = environment.createSession(bytes, session);
        try {
            return new OnnxNetwork(environment, opened, file);
        } catch (DreamException | OrtException e) {
            opened.close();
            throw e;
        }
    }

    /**
     * A weight that gets other numbers.
     *
     * @param weight where the original graph has it
     * @param changes what is added to it
     * @param target the constant that it becomes
     * @param layout the target's order, or nothing for the original's
     */
    private record Replacement(
            LayerWeight weight, List<WeightChange> changes, GraphTensor target, Optional<BlockedLayout> layout) {}

    /** Adds the changes to weights, and reads other constants beside them, all into the staging memory. */
    private List<GivenConstant> merge(List<Replacement> replacements, List<GraphTensor> unchanged, Staging staging) {
        List<GivenConstant> given = new ArrayList<>();
        for (Replacement each : replacements) {
            given.add(new GivenConstant(each.target, staging.take(each.target.bytes())));
        }
        try (TensorFiles files = new TensorFiles(readGraph())) {
            IntStream.range(0, replacements.size())
                    .parallel()
                    .forEach(i -> merge(files, replacements.get(i), given.get(i).numbers()));
            for (GraphTensor tensor : unchanged) {
                ByteBuffer numbers = staging.take(tensor.bytes());
                files.read(tensor, numbers);
                given.add(new GivenConstant(tensor, numbers.flip()));
            }
        }
        return given;
    }

    private static void merge(TensorFiles files, Replacement replacement, ByteBuffer target) {
        LayerWeight weight = replacement.weight;
        float[] values = files.floats(weight.tensor());
        replacement.changes.forEach(change -> change.addTo(values, weight.layout()));
        int outputs = (int) weight.shape().dimension(0);
        int inputs = (int) weight.shape().dimension(1);
        float[] placed = replacement
                .layout
                .map(layout -> layout.apply(values, outputs, inputs, values.length / outputs / inputs))
                .orElse(values);
        if (replacement.target.type() == GraphTensor.FLOAT) {
            target.asFloatBuffer().put(placed);
        } else {
            for (int i = 0; i < placed.length; i++) {
                target.putShort(i * Short.BYTES, Float.floatToFloat16(placed[i]));
            }
        }
    }
}
