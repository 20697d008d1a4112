package io.dreamprotocol.inference.diffusion.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What a model's {@code unet/config.json} says about its denoising network.
 *
 * @param inChannels the channels that it takes: those of the latents, and for inpainting models a mask and a masked picture
 *     as well
 * @param outChannels the channels that it predicts
 * @param sampleSize the height and width of the latents that it was trained on
 * @param crossAttentionDim the width of the text embeddings that it takes
 * @param blockOutChannels the channels of each of its levels, from the finest to the coarsest
 * @param attentionLevels for each level, whether it has attention
 * @param attentionHeads for each level, the number of attention heads
 * @param additionEmbedType the kind of conditioning besides the text, such as SDXL's {@code text_time}
 * @param timeCondProjDim the width of the guidance embedding that distilled models take, or nothing
 * @param additionTimeEmbedDim the width of the embedding of one of SDXL's time ids, or nothing
 * @param projectionInputDim the width of SDXL's pooled text and time ids together, or nothing
 */
public record UnetConfig(
        int inChannels,
        int outChannels,
        int sampleSize,
        int crossAttentionDim,
        List<Integer> blockOutChannels,
        List<Boolean> attentionLevels,
        List<Integer> attentionHeads,
        Optional<String> additionEmbedType,
        Optional<Integer> timeCondProjDim,
        Optional<Integer> additionTimeEmbedDim,
        Optional<Integer> projectionInputDim) {
    private static final int MAX_CHANNELS = 1 << 16;
    private static final int MAX_LEVELS = 8;

    /** Copies the lists. */
    public UnetConfig {
        blockOutChannels = List.copyOf(blockOutChannels);
        attentionLevels = List.copyOf(attentionLevels);
        attentionHeads = List.copyOf(attentionHeads);
    }

    static UnetConfig of(ConfigFile file) {
        List<Integer> channels = file.integers("block_out_channels", 1, MAX_CHANNELS, MAX_LEVELS);
        int levels = channels.size();
        List<String> blocks = file.texts("down_block_types", MAX_LEVELS);
        if (blocks.size() != levels) {
            throw file.invalid("down_block_types", "a list as long as block_out_channels");
        }
        return new UnetConfig(
                file.integer("in_channels", 1, MAX_CHANNELS),
                file.integer("out_channels", 1, MAX_CHANNELS),
                file.integer("sample_size", 1, MAX_CHANNELS),
                file.integer("cross_attention_dim", 1, MAX_CHANNELS),
                channels,
                blocks.stream().map(block -> block.contains("Attn")).toList(),
                heads(file, levels),
                Optional.of(file.text("addition_embed_type", "")).filter(type -> !type.isEmpty()),
                optional(file, "time_cond_proj_dim"),
                optional(file, "addition_time_embed_dim"),
                optional(file, "projection_class_embeddings_input_dim"));
    }

    /**
     * Returns by how much the network halves the latents' height and width, which must be multiples of this.
     *
     * @return a power of two
     */
    public int scaleFactor() {
        return 1 << (blockOutChannels.size() - 1);
    }

    /**
     * Tells whether the network takes a pooled text embedding and the ids of sizes besides the text, as SDXL does.
     *
     * @return true for the addition embedding {@code text_time}
     */
    public boolean takesTextAndTime() {
        return additionEmbedType.filter("text_time"::equals).isPresent();
    }

    /**
     * Returns how many ids of sizes the network takes, as far as its configuration tells.
     *
     * @param pooled the width of the pooled text embedding
     * @return the number of ids: 6 for SDXL, 5 for its refiner, which takes an aesthetic score instead of the size to make
     */
    public Optional<Integer> timeIds(int pooled) {
        return additionTimeEmbedDim.flatMap(width -> projectionInputDim
                .map(all -> all - pooled)
                .filter(ids -> ids > 0 && ids % width == 0)
                .map(ids -> ids / width));
    }

    /** The older key holds numbers of heads in spite of its name, unless the newer is there. */
    private static List<Integer> heads(ConfigFile file, int levels) {
        String key = file.has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim";
        if (!file.has(key)) {
            return repeat(8, levels);
        }
        List<Integer> heads = file.integers(key, 1, MAX_CHANNELS, MAX_LEVELS);
        if (heads.size() == 1) {
            return repeat(heads.getFirst(), levels);
        }
        if (heads.size() != levels) {
            throw file.invalid(key, "a number, or a list as long as block_out_channels");
        }
        return heads;
    }

    private static List<Integer> repeat(int value, int times) {
        return Collections.nCopies(times, value);
    }

    private static Optional<Integer> optional(ConfigFile file, String key) {
        return file.has(key) ? Optional.of(file.integer(key, 1, MAX_CHANNELS)) : Optional.empty();
    }
}
