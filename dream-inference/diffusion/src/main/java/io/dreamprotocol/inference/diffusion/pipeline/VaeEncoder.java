package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkChanges;
import io.dreamprotocol.inference.diffusion.network.NetworkRuntime;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The half of a model's autoencoder that turns pictures into latents. Thread-safe; loaded when it is first used, because most
 * requests begin with noise.
 */
final class VaeEncoder implements AutoCloseable {
    private static final String INPUT = "sample";
    private static final String OUTPUT = "latent_parameters";
    private static final float MIN_LOG_VARIANCE = -30;
    private static final float MAX_LOG_VARIANCE = 20;

    private final ModelFolder folder;
    private final NetworkRuntime runtime;
    private final VaeTiling tiling;
    private final LatentScale scale;
    private final boolean seamless;

    private @Nullable PartNetwork network;
    private boolean closed;

    VaeEncoder(ModelFolder folder, NetworkRuntime runtime) {
        this(folder, runtime, VaeTiling.DEFAULT, false);
    }

    VaeEncoder(ModelFolder folder, NetworkRuntime runtime, VaeTiling tiling, boolean seamless) {
        this.tiling = tiling;
        this.seamless = seamless;
        this.folder = folder;
        this.runtime = runtime;
        this.scale = new LatentScale(folder.vae());
    }

    /** Another encoder of the same model, with joined edges, which is closed on its own. */
    VaeEncoder seamless() {
        return new VaeEncoder(folder, runtime, tiling, true);
    }

    /** Encodes a picture, channel after channel, whose values lie between -1 and 1. */
    Posterior encode(float[] picture, int height, int width, Cancellation cancellation) {
        int factor = folder.vae().scaleFactor();
        int high = height / factor;
        int wide = width / factor;
        if (!tiling.cuts(folder.vae(), high, wide)) {
            return new Posterior(parameters(picture, height, width, cancellation));
        }
        return new Posterior(tiling.join(
                high,
                wide,
                2 * folder.vae().latentChannels(),
                1,
                seamless,
                (rows, columns) -> parameters(
                        VaeTiling.cut(picture, Pixels.CHANNELS, height, width, rows, columns, factor),
                        rows.length() * factor,
                        columns.length() * factor,
                        cancellation)));
    }

    private float[] parameters(float[] picture, int height, int width, Cancellation cancellation) {
        PartNetwork encoder = network();
        Tensor input = Tensor.zeros(encoder.inputType(INPUT), 1, Pixels.CHANNELS, height, width);
        input.put(0, picture, 0, picture.length);
        int channels = folder.vae().latentChannels();
        int factor = folder.vae().scaleFactor();
        Tensor output = encoder.run(
                Map.of(INPUT, input), OUTPUT, cancellation, 1, 2L * channels, height / factor, width / factor);
        return output.toFloats();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (network != null) {
            network.close();
        }
    }

    private synchronized PartNetwork network() {
        if (closed) {
            throw new IllegalStateException("The model in " + folder.root() + " is closed");
        }
        if (network == null) {
            requirePresent();
            network = load();
        }
        return network;
    }

    /** Requires that the model has this half at all. */
    void requirePresent() {
        if (!folder.has(ModelPart.VAE_ENCODER)) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "The model in " + folder.root()
                            + " has no vae_encoder, so it cannot begin with a picture; export it with one");
        }
    }

    private PartNetwork load() {
        PartNetwork loaded = new PartNetwork(folder.network(ModelPart.VAE_ENCODER), loadNetwork());
        try {
            long any = Shape.DYNAMIC;
            loaded.requireInputs(Set.of(INPUT))
                    .output(OUTPUT, any, 2L * folder.vae().latentChannels(), any, any);
            loaded.input(INPUT, any, Pixels.CHANNELS, any, any);
            return loaded;
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    private Network loadNetwork() {
        Network own =
                runtime.load(new NetworkSource(ModelPart.VAE_ENCODER.folder(), folder.network(ModelPart.VAE_ENCODER)));
        if (!seamless) {
            return own;
        }
        try (own) {
            return PartNetwork.changeable(own, folder.network(ModelPart.VAE_ENCODER))
                    .with(NetworkChanges.SEAMLESS);
        }
    }

    /** The distribution of a picture's latents: independent normal numbers. */
    final class Posterior {
        private final float[] parameters;

        private Posterior(float[] parameters) {
            this.parameters = parameters;
        }

        /**
         * Turns standard normal noise into latents of the picture, as the denoising network takes them, in place.
         *
         * @param noise as many numbers as the latents of one image have
         */
        void sample(float[] noise) {
            for (int i = 0; i < noise.length; i++) {
                float logVariance = Math.clamp(parameters[noise.length + i], MIN_LOG_VARIANCE, MAX_LOG_VARIANCE);
                noise[i] = parameters[i] + (float) Math.exp(0.5 * logVariance) * noise[i];
            }
            scale.fromEncoder(noise);
        }
    }
}
