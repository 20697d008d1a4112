package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.network.NetworkChanges;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A network that turns a control picture into residuals for the denoising network (<a
 * href="https://arxiv.org/abs/2302.05543">2302.05543</a>). Thread-safe; each batch has buffers of its own.
 */
final class ControlNetwork implements AutoCloseable {
    private static final String SAMPLE = "sample";
    private static final String TIMESTEP = "timestep";
    private static final String PICTURE = "controlnet_cond";
    private static final String SCALE = "conditioning_scale";

    private final PartNetwork network;

    /** Checks that a network takes what control networks take. */
    ControlNetwork(PartNetwork network, int latentChannels) {
        long any = Shape.DYNAMIC;
        network.requireInputsAmong(Set.of(
                SAMPLE, TIMESTEP, PICTURE, SCALE, Conditioning.TEXT, Conditioning.POOLED_TEXT, Conditioning.SIZES));
        network.input(SAMPLE, any, latentChannels, any, any);
        network.input(TIMESTEP, any);
        network.input(Conditioning.TEXT, any, any, any);
        network.input(PICTURE, any, Pixels.CHANNELS, any, any);
        network.input(SCALE, any);
        this.network = network;
    }

    private ControlNetwork(PartNetwork network) {
        this.network = network;
    }

    /** This network with joined edges. */
    ControlNetwork seamless(ParallelLoading making) {
        return new ControlNetwork(network.with(NetworkChanges.SEAMLESS, making));
    }

    /** The network itself. */
    PartNetwork network() {
        return network;
    }

    /** Allocates what the calls for one batch need. */
    Batch prepare(Latents latents, PredictionRows rows, RgbImage picture) {
        return new Batch(latents, rows, picture);
    }

    @Override
    public void close() {
        network.close();
    }

    /** The tensors that stay the same from call to call, and those that are filled again for each. */
    final class Batch {
        private final PredictionRows rows;
        private final int imageSize;
        private final Tensor sample;
        private final Tensor timestep;
        private final Tensor scale;
        private final Map<String, Tensor> inputs;

        private Batch(Latents latents, PredictionRows rows, RgbImage picture) {
            int batch = rows.size();
            this.rows = rows;
            this.imageSize = latents.imageSize();
            sample = Tensor.zeros(
                    network.inputType(SAMPLE), batch, latents.channels(), latents.height(), latents.width());
            timestep = Tensor.zeros(network.inputType(TIMESTEP), 1);
            scale = Tensor.zeros(network.inputType(SCALE), 1);
            Tensor pictures =
                    Tensor.zeros(network.inputType(PICTURE), batch, Pixels.CHANNELS, picture.height(), picture.width());
            float[] values = Pixels.toUnit(picture);
            for (int i = 0; i < batch; i++) {
                pictures.put(i * values.length, values, 0, values.length);
            }
            inputs = new HashMap<>();
            inputs.put(SAMPLE, sample);
            inputs.put(TIMESTEP, timestep);
            inputs.put(SCALE, scale);
            inputs.put(PICTURE, pictures);
        }

        /** Changes what the calls from now on are told. */
        void tell(Conditioning conditioning) {
            inputs.putAll(conditioning.tensors(network));
        }

        /** Computes the residuals of one call, under the names of the denoising network's inputs. */
        Map<String, Tensor> residuals(float[] scaled, double at, double strength, Cancellation cancellation) {
            rows.spread(scaled, (row, values, start, count) -> sample.put(row * imageSize, values, start, count));
            timestep.fill(at);
            scale.fill(strength);
            return network.run(inputs, network.outputNames(), cancellation);
        }
    }
}
