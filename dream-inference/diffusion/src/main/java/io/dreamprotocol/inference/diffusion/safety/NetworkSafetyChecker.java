package io.dreamprotocol.inference.diffusion.safety;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkRuntime;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.network.TensorInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code safety_checker} part of a Hugging Face model, as it is exported to ONNX: it takes {@code clip_input}, the picture as
 * CLIP sees it, and {@code images}, the picture from 0 to 1 with its colours last, and gives {@code has_nsfw_concepts}, a truth value
 * for each picture. Thread-safe.
 */
public final class NetworkSafetyChecker implements SafetyChecker {
    private static final String PART = "safety_checker";
    private static final String CLIP = "clip_input";
    private static final String IMAGES = "images";
    private static final String OUTPUT = "has_nsfw_concepts";
    private static final int CHANNELS = 3;
    private static final long ANY = Shape.DYNAMIC;

    private final Path file;
    private final Network network;

    private NetworkSafetyChecker(Path file, Network network) {
        this.file = file;
        this.network = network;
    }

    /**
     * Loads the safety checker of a model, if it has one.
     *
     * @param model the model's folder
     * @param runtime what runs the network
     * @return the checker, which the caller closes; empty if the model has none
     * @throws NotFoundException with {@code model-file-missing} if the part has no network
     * @throws CorruptDataException with {@code model-file-corrupt} if the file is damaged; with {@code model-shape-mismatch} if
     *     it is no safety checker
     * @throws UnavailableException if the engine failed
     */
    public static Optional<NetworkSafetyChecker> load(Path model, NetworkRuntime runtime) {
        Path folder = model.resolve(PART);
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        Path file = folder.resolve("model.onnx");
        Network network = runtime.load(new NetworkSource(PART, file));
        NetworkSafetyChecker checker = new NetworkSafetyChecker(file, network);
        try {
            checker.requireFits();
            return Optional.of(checker);
        } catch (CorruptDataException e) {
            network.close();
            throw e;
        }
    }

    @Override
    public boolean isUnsafe(RgbImage picture, Cancellation cancellation) {
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put(
                CLIP, tensor(CLIP, ClipImageInput.of(picture), 1, CHANNELS, ClipImageInput.SIDE, ClipImageInput.SIDE));
        if (network.inputs().containsKey(IMAGES)) {
            inputs.put(IMAGES, tensor(IMAGES, unit(picture), 1, picture.height(), picture.width(), CHANNELS));
        }
        Tensor found = network.run(inputs, Set.of(OUTPUT), cancellation).get(OUTPUT);
        if (found == null || found.elements() != 1) {
            throw mismatch("gave no truth value for a picture");
        }
        return found.toFloats()[0] != 0;
    }

    @Override
    public void close() {
        network.close();
    }

    private Tensor tensor(String input, float[] values, long... dimensions) {
        TensorInfo info = network.inputs().get(input);
        if (info == null) {
            throw new IllegalArgumentException("there is no input " + input);
        }
        Tensor tensor = Tensor.zeros(info.type(), dimensions);
        tensor.put(0, values, 0, values.length);
        return tensor;
    }

    private static float[] unit(RgbImage picture) {
        byte[] rgb = picture.toArray();
        float[] values = new float[rgb.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (rgb[i] & 0xFF) / 255f;
        }
        return values;
    }

    private void requireFits() {
        Map<String, TensorInfo> inputs = network.inputs();
        if (!inputs.containsKey(CLIP) || !Set.of(CLIP, IMAGES).containsAll(inputs.keySet())) {
            throw mismatch("takes " + inputs.keySet() + ", but a safety checker takes " + CLIP + " and " + IMAGES);
        }
        require(inputs, CLIP, ANY, CHANNELS, ClipImageInput.SIDE, ClipImageInput.SIDE);
        if (inputs.containsKey(IMAGES)) {
            require(inputs, IMAGES, ANY, ANY, ANY, CHANNELS);
        }
        TensorInfo output = network.outputs().get(OUTPUT);
        if (output == null || output.type() != ElementType.BOOL) {
            throw mismatch("gives " + network.outputs() + ", but a safety checker gives truth values as " + OUTPUT);
        }
    }

    private void require(Map<String, TensorInfo> inputs, String name, long... dimensions) {
        TensorInfo info = inputs.get(name);
        Shape expected = Shape.of(dimensions);
        boolean isNumber = info != null && (info.type() == ElementType.FLOAT32 || info.type() == ElementType.FLOAT16);
        if (info == null || !isNumber || !expected.accepts(info.shape())) {
            throw mismatch("takes " + name + " as " + info + ", but a safety checker takes pictures of " + expected);
        }
    }

    private CorruptDataException mismatch(String what) {
        return new CorruptDataException(
                ErrorCode.MODEL_SHAPE_MISMATCH,
                "The network " + file + " " + what + "; fetch or export the model again");
    }
}
