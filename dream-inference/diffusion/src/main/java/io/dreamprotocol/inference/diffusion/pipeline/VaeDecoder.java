package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.model.VaeConfig;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkChanges;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import java.util.Map;
import java.util.Set;

/** The half of a model's autoencoder that turns latents into pictures. Thread-safe. */
final class VaeDecoder implements AutoCloseable {
    private static final String INPUT = "latent_sample";
    private static final String OUTPUT = "sample";

    private final PartNetwork network;
    private final VaeConfig config;
    private final VaeTiling tiling;
    private final LatentScale scale;
    private final ElementType inputType;
    private final boolean seamless;

    private VaeDecoder(
            PartNetwork network, VaeConfig config, VaeTiling tiling, ElementType inputType, boolean seamless) {
        this.network = network;
        this.config = config;
        this.tiling = tiling;
        this.scale = new LatentScale(config);
        this.inputType = inputType;
        this.seamless = seamless;
    }

    /** Checks that a network fits the model's configuration. */
    static VaeDecoder of(ModelFolder folder, Network network) {
        return of(folder, network, VaeTiling.DEFAULT);
    }

    /** Checks that a network fits the model's configuration, to be used with tiles of this kind. */
    static VaeDecoder of(ModelFolder folder, Network network, VaeTiling tiling) {
        VaeConfig config = folder.vae();
        long any = Shape.DYNAMIC;
        PartNetwork checked = new PartNetwork(folder.network(ModelPart.VAE_DECODER), network);
        checked.requireInputs(Set.of(INPUT)).output(OUTPUT, any, Pixels.CHANNELS, any, any);
        ElementType inputType = checked.input(INPUT, any, config.latentChannels(), any, any);
        return new VaeDecoder(checked, config, tiling, inputType, false);
    }

    /** This decoder with joined edges. */
    VaeDecoder seamless(ParallelLoading making) {
        return new VaeDecoder(network.with(NetworkChanges.SEAMLESS, making), config, tiling, inputType, true);
    }

    /** About how much memory the network's weights need. */
    long storedBytes() {
        return network.storedBytes();
    }

    /** Decodes one image of a batch. */
    RgbImage decode(Latents latents, int image, Cancellation cancellation) {
        int size = latents.imageSize();
        float[] values = new float[size];
        System.arraycopy(latents.values(), image * size, values, 0, size);
        scale.toDecoder(values);
        int height = latents.height();
        int width = latents.width();
        int factor = config.scaleFactor();
        if (!tiling.cuts(config, height, width)) {
            return Pixels.toImage(decode(values, height, width, cancellation));
        }
        float[] joined = tiling.join(height, width, Pixels.CHANNELS, factor, seamless, (rows, columns) -> {
            float[] tile = VaeTiling.cut(values, config.latentChannels(), height, width, rows, columns, 1);
            return decode(tile, rows.length(), columns.length(), cancellation).toFloats();
        });
        return Pixels.toImage(Tensor.of(joined, 1, Pixels.CHANNELS, (long) height * factor, (long) width * factor));
    }

    private Tensor decode(float[] values, int height, int width, Cancellation cancellation) {
        Tensor input = Tensor.zeros(inputType, 1, config.latentChannels(), height, width);
        input.put(0, values, 0, values.length);
        int factor = config.scaleFactor();
        return network.run(
                Map.of(INPUT, input),
                OUTPUT,
                cancellation,
                1,
                Pixels.CHANNELS,
                (long) height * factor,
                (long) width * factor);
    }

    @Override
    public void close() {
        network.close();
    }
}
