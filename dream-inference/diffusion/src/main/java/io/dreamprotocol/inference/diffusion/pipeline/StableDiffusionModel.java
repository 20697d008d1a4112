package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.NetworkRuntime;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.util.List;
import java.util.concurrent.Future;

/**
 * The loaded networks of one model, which any number of threads may use at once.
 *
 * <p>It holds native memory until it is closed.
 */
public final class StableDiffusionModel implements AutoCloseable {
    private final ModelFolder folder;
    private final NetworkRuntime runtime;
    private final TextEncoder textEncoder;
    private final DenoisingNetwork unet;
    private final VaeDecoder decoder;

    private StableDiffusionModel(
            ModelFolder folder,
            NetworkRuntime runtime,
            TextEncoder textEncoder,
            DenoisingNetwork unet,
            VaeDecoder decoder) {
        this.folder = folder;
        this.runtime = runtime;
        this.textEncoder = textEncoder;
        this.unet = unet;
        this.decoder = decoder;
    }

    /**
     * Loads the networks of a model that every request needs, all at the same time.
     *
     * @param folder where the model is
     * @param runtime what runs its networks
     * @return the loaded model
     * @throws NotFoundException with {@code model-file-missing} if a file is missing
     * @throws CorruptDataException with {@code model-file-corrupt} if a file is damaged; with {@code model-shape-mismatch} if
     *     a network or tokenizer does not fit the model's configuration
     * @throws UnavailableException if the engine failed
     */
    public static StableDiffusionModel load(ModelFolder folder, NetworkRuntime runtime) {
        try (ParallelLoading loading = new ParallelLoading(folder, runtime)) {
            Future<DenoisingNetwork> unet =
                    loading.begin(() -> DenoisingNetwork.of(folder, loading.network(ModelPart.UNET)));
            Future<ClipTokenizer> tokenizer =
                    loading.begin(() -> ClipTokenizer.load(folder.tokenizer(ModelPart.TEXT_ENCODER)));
            Future<TextEncoder> textEncoder = loading.begin(() -> TextEncoder.of(
                    folder, ModelPart.TEXT_ENCODER, loading.network(ModelPart.TEXT_ENCODER), loading.await(tokenizer)));
            Future<VaeDecoder> decoder =
                    loading.begin(() -> VaeDecoder.of(folder, loading.network(ModelPart.VAE_DECODER)));
            StableDiffusionModel model = new StableDiffusionModel(
                    folder, runtime, loading.await(textEncoder), loading.await(unet), loading.await(decoder));
            loading.keep();
            return model;
        }
    }

    /**
     * Returns what the model's configuration says.
     *
     * @return the model's folder
     */
    public ModelFolder folder() {
        return folder;
    }

    /**
     * Returns what runs the networks, with the format of the denoising network's arithmetic.
     *
     * @return the engine
     */
    public EngineInfo engine() {
        return runtime.engine(unet.type());
    }

    /**
     * Returns what the engine does other than asked, because that was allowed.
     *
     * @return one sentence for each; empty if everything is as asked
     */
    public List<String> substitutions() {
        return runtime.substitutions();
    }

    TextEncoder textEncoder() {
        return textEncoder;
    }

    DenoisingNetwork unet() {
        return unet;
    }

    VaeDecoder decoder() {
        return decoder;
    }

    /** Frees the networks, after the runs under way have ended. Closing twice does nothing more. */
    @Override
    public void close() {
        textEncoder.close();
        unet.close();
        decoder.close();
    }
}
