package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkRuntime;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.network.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine without networks, for the tiny sd15 model: embeddings count tokens, the prediction is a constant, and a picture
 * repeats its latents.
 */
final class FakeRuntime implements NetworkRuntime {
    private static final long ANY = Shape.DYNAMIC;

    /** The networks that are open. */
    final AtomicInteger open = new AtomicInteger();

    /** The inputs of every call of the denoising network, as numbers. */
    final List<Map<String, float[]>> unetCalls = Collections.synchronizedList(new ArrayList<>());

    /** The inputs of every call of the refiner, as numbers. */
    final List<Map<String, float[]>> refinerCalls = Collections.synchronizedList(new ArrayList<>());

    /** How many texts the text encoder was given. */
    final AtomicInteger encoded = new AtomicInteger();

    /** What the denoising network predicts for the negative prompt, and for the prompt. */
    float negativePrediction = 0.1f;

    float prediction = 0.2f;

    /** A part that fails to load. */
    String damaged = "";

    /** Changes what a part declares. */
    final Map<String, Map<String, TensorInfo>> inputs = new HashMap<>();

    final Map<String, Map<String, TensorInfo>> outputs = new HashMap<>();

    FakeRuntime() {
        declare(inputs, "text_encoder", "input_ids", ElementType.INT32, ANY, ANY);
        declare(outputs, "text_encoder", "last_hidden_state", ElementType.FLOAT32, ANY, ANY, 32);
        declare(inputs, "unet", "sample", ElementType.FLOAT32, ANY, 4, ANY, ANY);
        declare(inputs, "unet", "timestep", ElementType.INT64, ANY);
        declare(inputs, "unet", "encoder_hidden_states", ElementType.FLOAT32, ANY, ANY, 32);
        declare(outputs, "unet", "out_sample", ElementType.FLOAT32, ANY, 4, ANY, ANY);
        declare(inputs, "vae_decoder", "latent_sample", ElementType.FLOAT32, ANY, 4, ANY, ANY);
        declare(outputs, "vae_decoder", "sample", ElementType.FLOAT32, ANY, 3, ANY, ANY);
        declare(inputs, "vae_encoder", "sample", ElementType.FLOAT32, ANY, 3, ANY, ANY);
        declare(outputs, "vae_encoder", "latent_parameters", ElementType.FLOAT32, ANY, 8, ANY, ANY);
    }

    static void declare(
            Map<String, Map<String, TensorInfo>> ports,
            String part,
            String name,
            ElementType type,
            long... dimensions) {
        ports.computeIfAbsent(part, key -> new LinkedHashMap<>()).put(name, new TensorInfo(type, Shape.of(dimensions)));
    }

    @Override
    public Network load(NetworkSource source) {
        if (source.part().equals(damaged)) {
            throw new CorruptDataException(ErrorCode.MODEL_FILE_CORRUPT, source.file() + " is damaged");
        }
        open.incrementAndGet();
        return new FakeNetwork(source.part());
    }

    @Override
    public EngineInfo engine(ElementType type) {
        return new EngineInfo("fake", "1", "none", type.id());
    }

    @Override
    public List<String> substitutions() {
        return List.of();
    }

    private Tensor predict(Map<String, Tensor> given, List<Map<String, float[]>> calls) {
        Map<String, float[]> call = new HashMap<>();
        given.forEach((name, tensor) -> call.put(name, tensor.toFloats()));
        calls.add(call);
        Tensor sample = given.get("sample");
        Tensor out = Tensor.zeros(ElementType.FLOAT32, sample.shape().toArray());
        float[] values = new float[out.elements()];
        boolean guided = sample.shape().dimension(0) > 1;
        for (int i = 0; i < values.length; i++) {
            values[i] = guided && i < values.length / 2 ? negativePrediction : prediction;
        }
        out.put(0, values, 0, values.length);
        return out;
    }

    /** SDXL's encoders: the first counts tokens, the second the negative of them, and its pooled row is of ones. */
    private static Tensor embed(String part, String output, Tensor ids) {
        if (output.equals("text_embeds")) {
            float[] ones = new float[(int) ids.shape().dimension(0) * 32];
            Arrays.fill(ones, 1);
            return Tensor.of(ones, ids.shape().dimension(0), 32);
        }
        float[] tokens = ids.toFloats();
        float[] values = new float[tokens.length * 32];
        for (int i = 0; i < values.length; i++) {
            values[i] = part.equals("text_encoder") ? tokens[i / 32] : -tokens[i / 32];
        }
        return Tensor.of(values, ids.shape().dimension(0), ids.shape().dimension(1), 32);
    }

    private Tensor embed(Tensor ids) {
        encoded.addAndGet((int) ids.shape().dimension(0));
        float[] tokens = ids.toFloats();
        float[] values = new float[tokens.length * 32];
        for (int i = 0; i < values.length; i++) {
            values[i] = tokens[i / 32];
        }
        return Tensor.of(values, ids.shape().dimension(0), ids.shape().dimension(1), 32);
    }

    private static Tensor meanAndVariance(Tensor picture) {
        long height = picture.shape().dimension(2) / 8;
        long width = picture.shape().dimension(3) / 8;
        return Tensor.zeros(ElementType.FLOAT32, 1, 8, height, width);
    }

    private static Tensor paint(Tensor latents) {
        int height = (int) latents.shape().dimension(2) * 8;
        int width = (int) latents.shape().dimension(3) * 8;
        float[] values = new float[3 * height * width];
        float[] from = latents.toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = from[i / 64 % from.length];
        }
        return Tensor.of(values, 1, 3, height, width);
    }

    private final class FakeNetwork implements Network {
        private final String part;
        private boolean closed;

        FakeNetwork(String part) {
            this.part = part;
        }

        @Override
        public Map<String, TensorInfo> inputs() {
            return inputs.get(part);
        }

        @Override
        public Map<String, TensorInfo> outputs() {
            return outputs.get(part);
        }

        @Override
        public Map<String, Tensor> run(Map<String, Tensor> given, Set<String> wanted, Cancellation cancellation) {
            cancellation.throwIfStopped();
            if (wanted.size() > 1 || part.equals("text_encoder_2") || wanted.contains("hidden_states.2")) {
                Map<String, Tensor> several = new HashMap<>();
                wanted.forEach(name -> several.put(name, embed(part, name, given.get("input_ids"))));
                return several;
            }
            Tensor tensor = switch (part) {
                case "text_encoder" -> embed(given.get("input_ids"));
                case "unet" -> predict(given, unetCalls);
                case "refiner" -> predict(given, refinerCalls);
                case "vae_encoder" -> meanAndVariance(given.get("sample"));
                default -> paint(given.get("latent_sample"));
            };
            return Map.of(wanted.iterator().next(), tensor);
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
        }
    }
}
