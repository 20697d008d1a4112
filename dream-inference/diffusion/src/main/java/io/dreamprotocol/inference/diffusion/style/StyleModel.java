package io.dreamprotocol.inference.diffusion.style;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.weights.SafetensorsFile;
import io.dreamprotocol.inference.diffusion.weights.WebUiHashes;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A LoRA in memory: low-rank changes of the weights of a denoising network and of text encoders.
 *
 * <p>It fits every model that has the layers it changes, in the sizes it has for them; whether it does shows when it is
 * applied. Immutable and thread-safe.
 */
public final class StyleModel {
    private final Path file;
    private final WebUiHashes hashes;
    private final Map<String, String> metadata;
    private final List<LowRankLayer> layers;

    private StyleModel(Path file, WebUiHashes hashes, Map<String, String> metadata, List<LowRankLayer> layers) {
        this.file = file;
        this.hashes = hashes;
        this.metadata = metadata;
        this.layers = layers;
    }

    /**
     * Reads a style model, in the spelling of kohya's trainer, LoCon's (of convolutions), PEFT's or diffusers'.
     *
     * @param file a {@code .safetensors} file
     * @return the style model
     * @throws NotFoundException with {@code model-file-missing} if there is no such file
     * @throws UnsupportedException if it is a pickled file, another kind of adapter than a LoRA, or made for another
     *     architecture than Stable Diffusion's; the message names the entries
     * @throws CorruptDataException with {@code model-file-corrupt} if it is malformed
     * @throws StorageException if it cannot be read
     */
    public static StyleModel load(Path file) {
        try (SafetensorsFile weights = SafetensorsFile.open(file)) {
            return new StyleModel(file, weights.hashes(), weights.metadata(), LoraFile.read(weights));
        }
    }

    /**
     * Returns where the style model was read from.
     *
     * @return the file
     */
    public Path file() {
        return file;
    }

    /**
     * Returns the hashes of the file as it was read.
     *
     * @return the hashes
     */
    public WebUiHashes hashes() {
        return hashes;
    }

    /**
     * Returns the texts in the file, such as what its trainer noted of the training. Nothing about them is checked.
     *
     * @return the texts by key
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Returns the networks that it changes.
     *
     * @return some of denoising network and text encoders, at least one
     */
    public Set<ModelPart> parts() {
        EnumSet<ModelPart> parts = EnumSet.noneOf(ModelPart.class);
        layers.forEach(layer -> parts.add(layer.part()));
        return parts;
    }

    /**
     * Returns how many layers of a network it changes.
     *
     * @param part the network
     * @return the number of layers, zero if it leaves the network alone
     */
    public int layerCount(ModelPart part) {
        return layers(part).size();
    }

    List<LowRankLayer> layers(ModelPart part) {
        return layers.stream().filter(layer -> layer.part() == part).toList();
    }
}
