package io.dreamprotocol.inference.diffusion.network;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.image.EngineInfo;
import java.util.List;
import java.util.Optional;

/**
 * An engine that loads networks and runs them.
 *
 * <p>A runtime is thread-safe and may load several networks at once.
 */
public interface NetworkRuntime {

    /**
     * Loads a network.
     *
     * @param source where it comes from
     * @return the network, which the caller closes
     * @throws NotFoundException with {@code model-file-missing} if there is no such file
     * @throws CorruptDataException with {@code model-file-corrupt} if the file is no network, or a damaged one
     * @throws UnavailableException if the execution provider cannot be used, or the engine failed
     */
    Network load(NetworkSource source);

    /**
     * Returns the engine, its version, and the execution provider that the networks really run on.
     *
     * @param type the element type of the networks' arithmetic
     * @return the facts that a receipt states
     */
    EngineInfo engine(ElementType type);

    /**
     * Returns the format of most of a network's weights, which may be smaller than that of its inputs: {@code float16} or {@code
     * int8}, for example.
     *
     * @param source where the network comes from
     * @return the format's usual name in lower case; empty if the engine cannot tell
     */
    default Optional<String> weightFormat(NetworkSource source) {
        return Optional.empty();
    }

    /**
     * Returns what was chosen other than asked, because the caller allowed it: another execution provider, for example.
     *
     * @return one sentence for each; empty if everything is as asked
     */
    List<String> substitutions();
}
