package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.ChangeableNetwork;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkChanges;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.network.TensorInfo;
import io.dreamprotocol.inference.diffusion.network.WeightChange;
import io.dreamprotocol.inference.diffusion.style.AppliedStyle;
import io.dreamprotocol.inference.diffusion.style.StyleChanges;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A network of a model, checked against what the model's configuration says of its inputs and outputs. */
final class PartNetwork implements AutoCloseable {
    private final Path file;
    private final Network network;

    PartNetwork(Path file, Network network) {
        this.file = file;
        this.network = network;
    }

    /** Requires that the network takes exactly these inputs. */
    PartNetwork requireInputs(Set<String> names) {
        if (!network.inputs().keySet().equals(names)) {
            throw mismatch("takes " + sorted(network.inputs().keySet()) + ", but the model needs " + sorted(names));
        }
        return this;
    }

    /** Requires that the network takes nothing but these inputs, or some of them. */
    void requireInputsAmong(Set<String> names) {
        if (!names.containsAll(network.inputs().keySet())) {
            throw mismatch("takes " + sorted(network.inputs().keySet()) + ", but the model has only " + sorted(names));
        }
    }

    /** Requires an input of a shape, {@link Shape#DYNAMIC} where any size fits, and returns the type that it takes. */
    ElementType input(String name, long... dimensions) {
        return require("takes", name, network.inputs(), dimensions).type();
    }

    /** Requires an output of floating-point numbers of a shape, {@link Shape#DYNAMIC} where any size fits. */
    PartNetwork output(String name, long... dimensions) {
        ElementType type = require("gives", name, network.outputs(), dimensions).type();
        if (type != ElementType.FLOAT32 && type != ElementType.FLOAT16) {
            throw mismatch("gives " + name + " as " + type.id() + ", but the model needs floating-point numbers");
        }
        return this;
    }

    /** Tells whether the network takes an input. */
    boolean takes(String name) {
        return network.inputs().containsKey(name);
    }

    /** The format in which the network takes an input that it has. */
    ElementType inputType(String name) {
        TensorInfo info = network.inputs().get(name);
        if (info == null) {
            throw new IllegalArgumentException("there is no input " + name);
        }
        return info.type();
    }

    /** The names of the inputs, in the network's own order. */
    Set<String> inputNames() {
        return network.inputs().keySet();
    }

    /** Tells whether the network gives an output. */
    boolean gives(String name) {
        return network.outputs().containsKey(name);
    }

    /** The names of the outputs, in the network's own order. */
    Set<String> outputNames() {
        return network.outputs().keySet();
    }

    /** Computes one output, which must have this shape. */
    Tensor run(Map<String, Tensor> inputs, String output, Cancellation cancellation, long... dimensions) {
        Shape expected = Shape.of(dimensions);
        return checked(network.run(inputs, Set.of(output), cancellation), output, expected);
    }

    /** Computes some outputs, each of which must have its shape. */
    Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, Shape> wanted, Cancellation cancellation) {
        Map<String, Tensor> outputs = network.run(inputs, wanted.keySet(), cancellation);
        wanted.forEach((name, shape) -> checked(outputs, name, shape));
        return outputs;
    }

    /** Computes some outputs, whatever shapes they have. */
    Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> wanted, Cancellation cancellation) {
        return network.run(inputs, wanted, cancellation);
    }

    /** One row of an output that has a row for each element of a batch. */
    static float[] row(Map<String, Tensor> outputs, String name, int index, int length) {
        float[] row = new float[length];
        Tensor tensor = outputs.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("there is no output " + name);
        }
        tensor.get(index * length, row, 0, length);
        return row;
    }

    private Tensor checked(Map<String, Tensor> outputs, String name, Shape expected) {
        Tensor tensor = outputs.get(name);
        if (tensor == null || !tensor.shape().equals(expected)) {
            throw mismatch("gave " + name + " of shape " + (tensor == null ? "nothing" : tensor.shape())
                    + ", but the model's config files say " + expected);
        }
        return tensor;
    }

    /** What styles add to the network's weights. */
    List<WeightChange> changes(List<AppliedStyle> styles, ModelPart part) {
        List<AppliedStyle> concerned = styles.stream()
                .filter(each -> each.style().parts().contains(part))
                .toList();
        return concerned.isEmpty()
                ? List.of()
                : StyleChanges.of(concerned, part, changeable().layers());
    }

    /** Makes the network with other weights. */
    PartNetwork with(NetworkChanges changes, ParallelLoading making) {
        return new PartNetwork(file, making.changed(changeable(), changes));
    }

    private ChangeableNetwork changeable() {
        return changeable(network, file);
    }

    /** Requires that a network can be changed. */
    static ChangeableNetwork changeable(Network network, Path file) {
        if (network instanceof ChangeableNetwork changeable) {
            return changeable;
        }
        throw new UnsupportedException(
                ErrorCode.UNSUPPORTED,
                "The engine that runs " + file + " cannot change it; leave styles, textual inversions and tiling out");
    }

    /** About how much memory the network's weights need: the size of its files. */
    long storedBytes() {
        Path folder = file.toAbsolutePath().getParent();
        long bytes = 0;
        if (folder != null) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, file.getFileName() + "*")) {
                for (Path each : files) {
                    bytes += Files.size(each);
                }
            } catch (IOException e) {
                throw new StorageException(
                        ErrorCode.STORE_FAILED, "The folder " + folder + " cannot be read; check its permissions", e);
            }
        }
        return bytes;
    }

    @Override
    public void close() {
        network.close();
    }

    private TensorInfo require(String verb, String name, Map<String, TensorInfo> ports, long... dimensions) {
        TensorInfo found = ports.get(name);
        if (found == null) {
            throw mismatch(verb + " " + sorted(ports.keySet()) + ", but the model needs " + name);
        }
        Shape expected = Shape.of(dimensions);
        if (!expected.accepts(found.shape())) {
            throw mismatch(verb + " " + name + " of shape " + found.shape() + ", but the model's config files say "
                    + expected);
        }
        return found;
    }

    private CorruptDataException mismatch(String what) {
        return new CorruptDataException(
                ErrorCode.MODEL_SHAPE_MISMATCH,
                "The network " + file + " " + what + "; fetch or export the model again");
    }

    private static Set<String> sorted(Set<String> names) {
        return new TreeSet<>(names);
    }
}
