package io.dreamprotocol.inference.diffusion.style;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.WeightChange;
import io.dreamprotocol.inference.diffusion.weights.SafetensorsFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the layers of a network that styles change, and checks that each fits. */
public final class StyleChanges {
    private StyleChanges() {}

    /**
     * Maps styles onto a network.
     *
     * @param styles the styles with their weights
     * @param part which network of the model it is
     * @param layers the shapes of the network's weights by the names of its layers
     * @return what is added to the weights; nothing for styles of weight zero
     * @throws UnsupportedException if a style, whatever its weight, changes layers that the network does not have or has in
     *     another size: it was made for another architecture
     */
    public static List<WeightChange> of(List<AppliedStyle> styles, ModelPart part, Map<String, Shape> layers) {
        LayerNames names = new LayerNames(part, layers);
        List<WeightChange> changes = new ArrayList<>();
        for (AppliedStyle applied : styles) {
            mapped(applied.style(), part, names).forEach((name, layer) -> {
                if (applied.weight(part) != 0 && layer.scale() != 0) {
                    changes.add(new LowRankChange(name, layer, applied.weight(part)));
                }
            });
        }
        return changes;
    }

    /**
     * Requires that a model has all networks that styles change.
     *
     * @param styles the styles
     * @param parts the denoising network and text encoders that the model has
     * @throws UnsupportedException if one is missing
     */
    public static void requireParts(List<AppliedStyle> styles, Set<ModelPart> parts) {
        for (AppliedStyle applied : styles) {
            for (ModelPart part : applied.style().parts()) {
                if (!parts.contains(part)) {
                    throw unsuitable(
                            applied.style(), "changes the " + part.folder() + ", which the model does not have");
                }
            }
        }
    }

    private static Map<String, LowRankLayer> mapped(StyleModel style, ModelPart part, LayerNames names) {
        Map<String, LowRankLayer> found = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        for (LowRankLayer layer : style.layers(part)) {
            Optional<LayerNames.Layer> target = names.find(layer.name());
            if (target.isEmpty()) {
                missing.add(layer.name());
                continue;
            }
            requireSize(style, layer, target.get().shape());
            if (found.put(target.get().name(), layer) != null) {
                throw unsuitable(
                        style, "changes the layer " + target.get().name() + " of the " + part.folder() + " twice");
            }
        }
        if (!missing.isEmpty()) {
            throw unsuitable(
                    style,
                    "changes " + missing.size() + " layers that the model's " + part.folder()
                            + " does not have, such as " + SafetensorsFile.shown(missing.getFirst()));
        }
        return found;
    }

    private static void requireSize(StyleModel style, LowRankLayer layer, Shape shape) {
        long inputs = 1;
        for (int i = 1; i < shape.rank(); i++) {
            inputs *= shape.dimension(i);
        }
        if (shape.dimension(0) != layer.up().rows() || inputs != layer.down().columns()) {
            throw unsuitable(
                    style,
                    "has a change of " + layer.up().rows() + " x "
                            + layer.down().columns() + " for the layer "
                            + SafetensorsFile.shown(layer.name()) + ", which has " + shape.dimension(0) + " x " + inputs
                            + " in the model");
        }
    }

    /**
     * The error of a style that does not suit a model.
     *
     * @param style the style
     * @param reason what does not fit, following the style's name
     * @return the error
     */
    static UnsupportedException unsuitable(StyleModel style, String reason) {
        return new UnsupportedException(
                ErrorCode.UNSUPPORTED,
                "The style model " + style.file() + " " + reason
                        + ": it was made for another architecture; use one made for this model's");
    }
}
