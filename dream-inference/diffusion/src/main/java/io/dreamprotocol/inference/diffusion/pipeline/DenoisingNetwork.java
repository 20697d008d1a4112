package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.model.TextEncoderConfig;
import io.dreamprotocol.inference.diffusion.model.UnetConfig;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkChanges;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The network that predicts the noise in latents. Thread-safe; each batch has buffers of its own. */
final class DenoisingNetwork implements AutoCloseable {
    private static final String SAMPLE = "sample";
    private static final String TIMESTEP = "timestep";
    private static final String OUTPUT = "out_sample";
    private static final Pattern RESIDUAL = Pattern.compile("down_block_\\d+|mid_block_additional_residual");
    private static final long ANY = Shape.DYNAMIC;

    private final PartNetwork network;
    private final UnetConfig config;

    private DenoisingNetwork(PartNetwork network, UnetConfig config) {
        this.network = network;
        this.config = config;
    }

    /** Checks that the denoising network fits the model's configuration. */
    static DenoisingNetwork of(ModelFolder folder, Network network) {
        return of(folder, ModelPart.UNET, folder.unet(), network);
    }

    /** Checks that a denoising network fits a configuration. */
    static DenoisingNetwork of(ModelFolder folder, ModelPart part, UnetConfig config, Network network) {
        PartNetwork checked = new PartNetwork(folder.network(part), network);
        Set<String> inputs = new HashSet<>(Set.of(SAMPLE, TIMESTEP, Conditioning.TEXT));
        if (config.takesTextAndTime()) {
            inputs.add(Conditioning.POOLED_TEXT);
            inputs.add(Conditioning.SIZES);
        }
        if (config.timeCondProjDim().isPresent()) {
            inputs.add(Conditioning.GUIDANCE);
        }
        if (part == ModelPart.UNET && !folder.controlNetworks().isEmpty()) {
            network.inputs().keySet().stream()
                    .filter(name -> RESIDUAL.matcher(name).matches())
                    .forEach(inputs::add);
        }
        checked.requireInputs(inputs);
        checked.input(SAMPLE, ANY, config.inChannels(), ANY, ANY);
        checked.input(TIMESTEP, ANY);
        checked.input(Conditioning.TEXT, ANY, ANY, config.crossAttentionDim());
        if (config.takesTextAndTime()) {
            int pooled = folder.textEncoder(ModelPart.TEXT_ENCODER_2)
                    .map(TextEncoderConfig::projectionDim)
                    .orElseThrow();
            checked.input(Conditioning.POOLED_TEXT, ANY, pooled);
            checked.input(Conditioning.SIZES, ANY, ANY);
        }
        if (config.timeCondProjDim().isPresent()) {
            checked.input(Conditioning.GUIDANCE, ANY, config.timeCondProjDim().get());
        }
        checked.output(OUTPUT, ANY, config.outChannels(), ANY, ANY);
        return new DenoisingNetwork(checked, config);
    }

    /** The format of the network's arithmetic, as far as its input shows it. */
    ElementType type() {
        return network.inputType(SAMPLE);
    }

    /** Tells whether the network takes residuals of control networks. */
    boolean takesResiduals() {
        return network.inputNames().stream()
                .anyMatch(name -> RESIDUAL.matcher(name).matches());
    }

    /** Requires that a control network gives the residuals that this network takes. */
    void requireFits(PartNetwork control) {
        for (String name : network.inputNames()) {
            if (RESIDUAL.matcher(name).matches()) {
                control.output(name, ANY, ANY, ANY, ANY);
            }
        }
    }

    /** This network under styles, and with joined edges if asked for; itself if that leaves it alone. */
    DenoisingNetwork with(StyleSet set, ParallelLoading making) {
        NetworkChanges changes =
                new NetworkChanges(network.changes(set.styles(), ModelPart.UNET), Optional.empty(), set.seamless());
        return changes.isEmpty() ? this : new DenoisingNetwork(network.with(changes, making), config);
    }

    /** About how much memory the network's weights need. */
    long storedBytes() {
        return network.storedBytes();
    }

    /** Allocates what the calls for one batch need. */
    Batch prepare(Beginning beginning, PredictionRows rows, Guidance guidance) {
        return new Batch(beginning, rows, guidance);
    }

    @Override
    public void close() {
        network.close();
    }

    /** The tensors that stay the same from call to call, and those that are filled again for each. */
    final class Batch {
        private final Guidance guidance;
        private final PredictionRows rows;
        private final int imageSize;
        private final int rowSize;
        private final Tensor sample;
        private final Tensor timestep;
        private final Map<String, Tensor> inputs;
        private final long[] outputShape;
        private final float[] predictions;

        private Batch(Beginning beginning, PredictionRows rows, Guidance guidance) {
            Latents latents = beginning.latents();
            int batch = rows.size();
            this.guidance = guidance;
            this.rows = rows;
            this.imageSize = latents.imageSize();
            this.rowSize = imageSize / latents.channels() * config.inChannels();
            this.sample = Tensor.zeros(
                    network.inputType(SAMPLE), batch, config.inChannels(), latents.height(), latents.width());
            this.timestep = Tensor.zeros(network.inputType(TIMESTEP), 1);
            this.inputs = new HashMap<>();
            inputs.put(SAMPLE, sample);
            inputs.put(TIMESTEP, timestep);
            this.outputShape = new long[] {batch, config.outChannels(), latents.height(), latents.width()};
            this.predictions = new float[batch * imageSize];
            float[] extra = beginning.extraChannels();
            if (extra != null && rowSize > imageSize) {
                int extraSize = rowSize - imageSize;
                for (int row = 0; row < batch; row++) {
                    sample.put(row * rowSize + imageSize, extra, rows.imageOf(row) * extraSize, extraSize);
                }
            }
        }

        /** Changes what the calls from now on are told. */
        void tell(Conditioning conditioning) {
            inputs.putAll(conditioning.tensors(network));
        }

        /**
         * Predicts the noise, with guidance.
         *
         * @param scaled the latents of every image, scaled as the scheduler says
         * @param at the timestep; a network that takes whole numbers gets it without its fraction
         * @param residuals what control networks add, by the names of the inputs that take it
         * @param out receives the prediction for every image
         */
        void predict(float[] scaled, double at, Map<String, Tensor> residuals, float[] out, Cancellation cancellation) {
            rows.spread(scaled, (row, values, start, count) -> sample.put(row * rowSize, values, start, count));
            timestep.fill(at);
            Map<String, Tensor> given = inputs;
            if (!residuals.isEmpty()) {
                given = new HashMap<>(inputs);
                given.putAll(residuals);
            }
            Tensor output = network.run(given, OUTPUT, cancellation, outputShape);
            output.get(0, predictions, 0, predictions.length);
            guidance.combine(predictions, rows, out);
        }
    }
}
