package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.model.VaeConfig;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import java.util.Map;
import java.util.Set;

/** The half of a model's autoencoder that turns latents into pictures. Thread-safe. */
final class VaeDecoder implements AutoCloseable {
    private static final String INPUT = "latent_sample";
    private static final String OUTPUT = "sample";

    private final PartNetwork network;
    private final int pixels;
    private final LatentScale scale;
    private final ElementType inputType;

    private VaeDecoder(PartNetwork network, int pixels, LatentScale scale, ElementType inputType) {
        this.network = network;
        this.pixels = pixels;
        this.scale = scale;
        this.inputType = inputType;
    }

    /** Checks that a network fits the model's configuration. */
    static VaeDecoder of(ModelFolder folder, Network network) {
        VaeConfig config = folder.vae();
        long any = Shape.DYNAMIC;
        PartNetwork checked = new PartNetwork(folder.network(ModelPart.VAE_DECODER), network);
        checked.requireInputs(Set.of(INPUT)).output(OUTPUT, any, Pixels.CHANNELS, any, any);
        ElementType inputType = checked.input(INPUT, any, config.latentChannels(), any, any);
        return new VaeDecoder(checked, config.scaleFactor(), new LatentScale(config), inputType);
    }

    /** Decodes one image of a batch. */
    RgbImage decode(Latents latents, int image, Cancellation cancellation) {
        int size = latents.imageSize();
        float[] values = new float[size];
        System.arraycopy(latents.values(), image * size, values, 0, size);
        scale.toDecoder(values);
        Tensor input = Tensor.zeros(inputType, 1, latents.channels(), latents.height(), latents.width());
        input.put(0, values, 0, size);
        long height = (long) latents.height() * pixels;
        long width = (long) latents.width() * pixels;
        return Pixels.toImage(
                network.run(Map.of(INPUT, input), OUTPUT, cancellation, 1, Pixels.CHANNELS, height, width));
    }

    @Override
    public void close() {
        network.close();
    }
}
