package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.model.UnetConfig;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import java.util.Map;
import java.util.Set;

/** The network that predicts the noise in latents. Thread-safe; each batch has buffers of its own. */
final class DenoisingNetwork implements AutoCloseable {
    private static final String SAMPLE = "sample";
    private static final String TIMESTEP = "timestep";
    private static final String TEXT = "encoder_hidden_states";
    private static final String OUTPUT = "out_sample";

    private final PartNetwork network;
    private final UnetConfig config;
    private final ElementType sampleType;
    private final ElementType timestepType;
    private final ElementType textType;

    private DenoisingNetwork(
            PartNetwork network,
            UnetConfig config,
            ElementType sampleType,
            ElementType timestepType,
            ElementType textType) {
        this.network = network;
        this.config = config;
        this.sampleType = sampleType;
        this.timestepType = timestepType;
        this.textType = textType;
    }

    /** Checks that a network fits the model's configuration. */
    static DenoisingNetwork of(ModelFolder folder, Network network) {
        UnetConfig config = folder.unet();
        long any = Shape.DYNAMIC;
        PartNetwork checked = new PartNetwork(folder.network(ModelPart.UNET), network);
        checked.requireInputs(Set.of(SAMPLE, TIMESTEP, TEXT));
        checked.output(OUTPUT, any, config.outChannels(), any, any);
        return new DenoisingNetwork(
                checked,
                config,
                checked.input(SAMPLE, any, config.inChannels(), any, any),
                checked.input(TIMESTEP, any),
                checked.input(TEXT, any, any, config.crossAttentionDim()));
    }

    /** The format of the network's arithmetic, as far as its input shows it. */
    ElementType type() {
        return sampleType;
    }

    /** Allocates what the calls for one batch need. */
    Batch prepare(Latents latents, Conditioning conditioning, Guidance guidance) {
        return new Batch(latents, conditioning, guidance);
    }

    @Override
    public void close() {
        network.close();
    }

    /** The tensors that stay the same from step to step, and those that are filled again for each. */
    final class Batch {
        private final Guidance guidance;
        private final int imageSize;
        private final Tensor sample;
        private final Tensor timestep;
        private final Map<String, Tensor> inputs;
        private final long[] outputShape;
        private final float[] predictions;

        private Batch(Latents latents, Conditioning conditioning, Guidance guidance) {
            this.guidance = guidance;
            this.imageSize = latents.imageSize();
            int batch = conditioning.batch();
            this.sample = Tensor.zeros(sampleType, batch, config.inChannels(), latents.height(), latents.width());
            this.timestep = Tensor.zeros(timestepType, 1);
            this.inputs = Map.of(SAMPLE, sample, TIMESTEP, timestep, TEXT, textTensor(conditioning));
            this.outputShape = new long[] {batch, config.outChannels(), latents.height(), latents.width()};
            this.predictions = new float[batch * imageSize];
        }

        /**
         * Predicts the noise, with guidance.
         *
         * @param scaled the latents of every image, scaled as the scheduler says
         * @param at the timestep; a network that takes whole numbers gets it without its fraction
         * @param out receives the prediction for every image
         */
        void predict(float[] scaled, double at, float[] out, Cancellation cancellation) {
            for (int start = 0; start < predictions.length; start += scaled.length) {
                sample.put(start, scaled, 0, scaled.length);
            }
            timestep.fill(at);
            Tensor output = network.run(inputs, OUTPUT, cancellation, outputShape);
            if (guidance.isOn()) {
                output.get(0, predictions, 0, predictions.length);
                guidance.combine(predictions, imageSize, out);
            } else {
                output.get(0, out, 0, out.length);
            }
        }

        private Tensor textTensor(Conditioning conditioning) {
            TextEmbedding first = conditioning.positive().getFirst();
            Tensor text = Tensor.zeros(textType, conditioning.batch(), first.tokens(), first.width());
            int at = 0;
            for (TextEmbedding each : conditioning.negative()) {
                text.put(at, each.values(), 0, each.values().length);
                at += each.values().length;
            }
            for (TextEmbedding each : conditioning.positive()) {
                text.put(at, each.values(), 0, each.values().length);
                at += each.values().length;
            }
            return text;
        }
    }
}
