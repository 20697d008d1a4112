package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.NetworkRuntime;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import io.dreamprotocol.inference.diffusion.style.AppliedStyle;
import io.dreamprotocol.inference.diffusion.style.TextualInversion;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * The loaded networks of one model, which any number of threads may use at once.
 *
 * <p>It holds native memory until it is closed.
 */
public final class StableDiffusionModel implements AutoCloseable {
    private final ModelFolder folder;
    private final NetworkRuntime runtime;
    private final ModelNetworks networks;
    private final EngineInfo engine;
    private final StyleCache styles;

    /** What a model under styles uses of the cache; nothing for the model itself. */
    private final Optional<StyleCache.Lease> lease;

    private StableDiffusionModel(ModelFolder folder, NetworkRuntime runtime, ModelNetworks networks) {
        this.folder = folder;
        this.runtime = runtime;
        this.networks = networks;
        this.engine = engine(folder, runtime, networks.unet());
        this.styles = new StyleCache(set -> makeStyled(folder, runtime, networks, set));
        this.lease = Optional.empty();
    }

    private StableDiffusionModel(StableDiffusionModel base, StyleCache.Lease lease) {
        this.folder = base.folder;
        this.runtime = base.runtime;
        this.networks = lease.networks().networks();
        this.engine = base.engine;
        this.styles = base.styles;
        this.lease = Optional.of(lease);
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
            List<Future<TextEncoder>> textEncoders = new ArrayList<>();
            for (ModelPart part : List.of(ModelPart.TEXT_ENCODER, ModelPart.TEXT_ENCODER_2)) {
                if (folder.textEncoder(part).isPresent()) {
                    Future<ClipTokenizer> tokenizer = loading.begin(() -> ClipTokenizer.load(folder.tokenizer(part)));
                    textEncoders.add(loading.begin(
                            () -> TextEncoder.of(folder, part, loading.network(part), loading.await(tokenizer))));
                }
            }
            Future<VaeDecoder> decoder =
                    loading.begin(() -> VaeDecoder.of(folder, loading.network(ModelPart.VAE_DECODER)));
            Map<String, Future<PartNetwork>> controls = new LinkedHashMap<>();
            for (String name : folder.controlNetworks()) {
                controls.put(name, loading.begin(() -> loading.controlNetwork(name)));
            }

            StableDiffusionModel model = new StableDiffusionModel(
                    folder,
                    runtime,
                    new ModelNetworks(
                            new TextEncoders(
                                    textEncoders.stream().map(loading::await).toList()),
                            loading.await(unet),
                            loading.await(decoder),
                            new VaeEncoder(folder, runtime),
                            checked(controls, folder, loading),
                            new Refiner(folder, runtime)));
            model.networks.controls().values().forEach(control -> model.unet().requireFits(control.network()));
            loading.keep();
            return model;
        }
    }

    /**
     * Returns the model under styles, for as long as a request needs it. The networks that they change are made again with
     * other weights, or taken from those made before; all others are shared with this model, which stays as it is and may be
     * used at the same time. On a model under styles, the given ones take the place of its own.
     *
     * @param applied the style models in order; none for the plain model
     * @param words the textual inversions whose words prompts may use
     * @return the changed model, which the caller closes before this one; closing it leaves this one open
     * @throws UnsupportedException if a style or a textual inversion was made for another architecture, or the model's
     *     weights are stored in a way that cannot be changed
     * @throws InvalidInputException with {@code invalid-request} if a word has a meaning already
     * @throws UnavailableException if the engine failed
     * @throws IllegalStateException if this model is closed
     */
    public StableDiffusionModel with(List<AppliedStyle> applied, List<TextualInversion> words) {
        return with(applied, words, false);
    }

    /**
     * Returns the model under styles, as {@link #with(List, List)} does, that may also make pictures whose edges fit each other,
     * so that copies of one tile a plane: what its convolutions take from beyond an edge is then what lies at the opposite one.
     *
     * @param applied the style models in order
     * @param words the textual inversions whose words prompts may use
     * @param seamless whether the pictures' edges fit each other
     * @return the changed model, which the caller closes before this one
     * @throws UnsupportedException as {@link #with(List, List)} does; if the networks cannot be changed so
     * @throws InvalidInputException with {@code invalid-request} if a word has a meaning already
     * @throws UnavailableException if the engine failed
     * @throws IllegalStateException if this model is closed
     */
    public StableDiffusionModel with(List<AppliedStyle> applied, List<TextualInversion> words, boolean seamless) {
        return new StableDiffusionModel(this, styles.lease(new StyleSet(applied, words, seamless)));
    }

    private static StyledNetworks makeStyled(
            ModelFolder folder, NetworkRuntime runtime, ModelNetworks networks, StyleSet set) {
        try (ParallelLoading making = new ParallelLoading(folder, runtime)) {
            return StyledNetworks.of(networks, set, making);
        }
    }

    private static Map<String, ControlNetwork> checked(
            Map<String, Future<PartNetwork>> controls, ModelFolder folder, ParallelLoading loading) {
        Map<String, ControlNetwork> checked = new LinkedHashMap<>();
        controls.forEach((name, network) -> checked.put(
                name, new ControlNetwork(loading.await(network), folder.vae().latentChannels())));
        return checked;
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
     * Returns what runs the networks, with the format of the denoising network's weights.
     *
     * @return the engine
     */
    public EngineInfo engine() {
        return engine;
    }

    private static EngineInfo engine(ModelFolder folder, NetworkRuntime runtime, DenoisingNetwork unet) {
        EngineInfo engine = runtime.engine(unet.type());
        return runtime.weightFormat(new NetworkSource(ModelPart.UNET.folder(), folder.network(ModelPart.UNET)))
                .map(format -> new EngineInfo(engine.name(), engine.version(), engine.provider(), format))
                .orElse(engine);
    }

    /**
     * Returns what the engine does other than asked, because that was allowed.
     *
     * @return one sentence for each; empty if everything is as asked
     */
    public List<String> substitutions() {
        return runtime.substitutions();
    }

    TextEncoders textEncoders() {
        return networks.textEncoders();
    }

    DenoisingNetwork unet() {
        return networks.unet();
    }

    VaeDecoder decoder() {
        return networks.decoder();
    }

    VaeEncoder encoder() {
        return networks.encoder();
    }

    Refiner refiner() {
        return networks.refiner();
    }

    /** A control network by its name. */
    ControlNetwork control(String name) {
        Map<String, ControlNetwork> controls = networks.controls();
        ControlNetwork network = controls.get(name);
        if (network == null) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "The model in " + folder.root() + " has no control network " + name + "; it has "
                            + (controls.isEmpty() ? "none" : String.join(", ", controls.keySet())));
        }
        return network;
    }

    /**
     * Frees the networks, after the runs under way have ended; those of a model under styles are kept for a while by the
     * model that it came from. Closing twice does nothing more.
     */
    @Override
    public void close() {
        if (lease.isPresent()) {
            lease.get().close();
            return;
        }
        styles.close();
        networks.close();
    }
}
