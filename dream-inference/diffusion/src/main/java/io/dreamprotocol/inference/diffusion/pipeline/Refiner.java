package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.model.UnetConfig;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkChanges;
import io.dreamprotocol.inference.diffusion.network.NetworkRuntime;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The denoising network that takes over from a model's own. Thread-safe; loaded when it is first used, because most requests do
 * without it.
 */
final class Refiner implements AutoCloseable {
    private final ModelFolder folder;
    private final NetworkRuntime runtime;
    private final boolean seamless;

    private @Nullable DenoisingNetwork network;
    private boolean closed;

    Refiner(ModelFolder folder, NetworkRuntime runtime) {
        this(folder, runtime, false);
    }

    private Refiner(ModelFolder folder, NetworkRuntime runtime, boolean seamless) {
        this.folder = folder;
        this.runtime = runtime;
        this.seamless = seamless;
    }

    /** Another refiner of the same model, with joined edges, which is closed on its own. */
    Refiner seamless() {
        return new Refiner(folder, runtime, true);
    }

    /** Requires that the model has a refiner at all. */
    UnetConfig requirePresent() {
        return folder.refiner()
                .orElseThrow(() -> new UnsupportedException(
                        ErrorCode.UNSUPPORTED,
                        "The model in " + folder.root() + " has no refiner; put the unet of one into its folder "
                                + ModelPart.REFINER.folder() + ", or leave the switch to it out"));
    }

    /** The network. */
    synchronized DenoisingNetwork network() {
        if (closed) {
            throw new IllegalStateException("The model in " + folder.root() + " is closed");
        }
        if (network == null) {
            network = load(requirePresent());
        }
        return network;
    }

    private DenoisingNetwork load(UnetConfig config) {
        Network loaded = loadNetwork(folder.network(ModelPart.REFINER));
        try {
            return DenoisingNetwork.of(folder, ModelPart.REFINER, config, loaded);
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    private Network loadNetwork(Path file) {
        Network own = runtime.load(new NetworkSource(ModelPart.REFINER.folder(), file));
        if (!seamless) {
            return own;
        }
        try (own) {
            return PartNetwork.changeable(own, file).with(NetworkChanges.SEAMLESS);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (network != null) {
            network.close();
        }
    }
}
