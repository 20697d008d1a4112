package io.dreamprotocol.inference.diffusion.style;

import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.Shape;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds a network's layers by the names that style models have for them.
 *
 * <p>Names are compared with underscores in place of dots, as kohya's trainer writes them, and without the level {@code
 * text_model} of text encoders, which transformers dropped from its module tree. Layers of the denoising network may also
 * have the names of the original implementation (<a href="https://github.com/CompVis/latent-diffusion">CompVis</a>), as
 * kohya's trainer uses them for SDXL.
 */
final class LayerNames {
    private static final String TEXT_LEVEL = "text_model_";
    private static final Pattern FIRST_BLOCK = Pattern.compile("down_blocks_0_resnets_(\\d{1,4})_.*");
    private static final Pattern MIDDLE = Pattern.compile("middle_block_([012])_(.+)");
    private static final Pattern OUTER = Pattern.compile("(input|output)_blocks_(\\d{1,4})_(\\d{1,4})_(.+)");

    private static final Map<String, String> ORIGINAL_NAMES = Map.of(
            "input_blocks_0_0", "conv_in",
            "time_embed_0", "time_embedding_linear_1",
            "time_embed_2", "time_embedding_linear_2",
            "label_emb_0_0", "add_embedding_linear_1",
            "label_emb_0_2", "add_embedding_linear_2",
            "out_2", "conv_out");

    private static final Map<String, String> ORIGINAL_PARTS = Map.of(
            "in_layers_2", "conv1",
            "out_layers_3", "conv2",
            "emb_layers_1", "time_emb_proj",
            "skip_connection", "conv_shortcut");

    private final ModelPart part;
    private final Map<String, Layer> layers = new HashMap<>();
    private final int layersPerBlock;

    /** A layer of the network. */
    record Layer(String name, Shape shape) {}

    LayerNames(ModelPart part, Map<String, Shape> network) {
        this.part = part;
        int most = 0;
        for (Map.Entry<String, Shape> each : network.entrySet()) {
            String plain = plain(each.getKey());
            layers.put(plain, new Layer(each.getKey(), each.getValue()));
            Matcher first = FIRST_BLOCK.matcher(plain);
            if (first.matches()) {
                most = Math.max(most, Integer.parseInt(first.group(1)) + 1);
            }
        }
        this.layersPerBlock = most;
    }

    /** The layer of a name, or nothing if the network has no such layer. */
    Optional<Layer> find(String name) {
        String plain = plain(name);
        Layer found = layers.get(plain);
        if (found == null && part == ModelPart.UNET) {
            found = layers.get(fromOriginal(plain));
        }
        return Optional.ofNullable(found);
    }

    private String plain(String name) {
        String plain = name.replace('.', '_');
        return part != ModelPart.UNET && plain.startsWith(TEXT_LEVEL) ? plain.substring(TEXT_LEVEL.length()) : plain;
    }

    private String fromOriginal(String name) {
        String whole = ORIGINAL_NAMES.get(name);
        if (whole != null) {
            return whole;
        }
        Matcher middle = MIDDLE.matcher(name);
        if (middle.matches()) {
            int block = Integer.parseInt(middle.group(1));
            return (block == 1 ? "mid_block_attentions_0_" : "mid_block_resnets_" + block / 2 + "_")
                    + inner(middle.group(2));
        }
        Matcher matcher = OUTER.matcher(name);
        if (!matcher.matches()) {
            return name;
        }
        int block = Integer.parseInt(matcher.group(2));
        String rest = matcher.group(4);
        int column = Integer.parseInt(matcher.group(3));
        boolean down = matcher.group(1).equals("input");
        int index = down ? block - 1 : block;
        String level = (down ? "down_blocks_" : "up_blocks_") + Math.floorDiv(index, layersPerBlock + 1) + "_";
        int layer = Math.floorMod(index, layersPerBlock + 1);
        if (rest.equals("op")) {
            return level + "downsamplers_0_conv";
        }
        if (rest.equals("conv")) {
            return level + "upsamplers_0_conv";
        }
        return level + (column == 0 ? "resnets_" : "attentions_") + layer + "_" + inner(rest);
    }

    private static String inner(String rest) {
        return ORIGINAL_PARTS.getOrDefault(rest, rest);
    }
}
