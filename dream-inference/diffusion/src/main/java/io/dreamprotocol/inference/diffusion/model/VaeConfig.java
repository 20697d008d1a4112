package io.dreamprotocol.inference.diffusion.model;

import java.util.List;
import java.util.Optional;

/**
 * What a model's {@code vae_decoder/config.json} says about its autoencoder.
 *
 * @param latentChannels the channels of the latents
 * @param sampleSize the height and width in pixels of the pictures that it was trained on
 * @param blockOutChannels the channels of each of its levels, from the finest to the coarsest
 * @param attention whether it has attention at its coarsest level
 * @param scalingFactor by which the latents that the denoising network works on are divided before they are decoded
 * @param shiftFactor what is added to them after that
 * @param latentsMean the mean of each channel of the latents, where the model normalises them channel by channel
 * @param latentsStd the standard deviation of each channel, where the model normalises them channel by channel
 */
public record VaeConfig(
        int latentChannels,
        int sampleSize,
        List<Integer> blockOutChannels,
        boolean attention,
        double scalingFactor,
        double shiftFactor,
        Optional<List<Double>> latentsMean,
        Optional<List<Double>> latentsStd) {
    private static final int MAX_CHANNELS = 1 << 16;
    private static final int MAX_LEVELS = 8;
    private static final double MAX_FACTOR = 1e6;
    private static final double MIN_FACTOR = 1e-6;

    /** Copies the list. */
    public VaeConfig {
        blockOutChannels = List.copyOf(blockOutChannels);
    }

    static VaeConfig of(ConfigFile file) {
        int latentChannels = file.integer("latent_channels", 1, MAX_CHANNELS);
        if (file.has("latents_mean") != file.has("latents_std")) {
            throw file.invalid("latents_mean", "there together with latents_std, or neither");
        }
        return new VaeConfig(
                latentChannels,
                file.integer("sample_size", 1, MAX_CHANNELS),
                file.integers("block_out_channels", 1, MAX_CHANNELS, MAX_LEVELS),
                file.flag("mid_block_add_attention", true),
                file.number("scaling_factor", MIN_FACTOR, MAX_FACTOR, 1),
                file.number("shift_factor", -MAX_FACTOR, MAX_FACTOR, 0),
                file.numbers("latents_mean", -MAX_FACTOR, MAX_FACTOR, latentChannels),
                file.numbers("latents_std", MIN_FACTOR, MAX_FACTOR, latentChannels));
    }

    /**
     * Returns how many pixels of height and width one element of the latents stands for.
     *
     * @return a power of two
     */
    public int scaleFactor() {
        return 1 << (blockOutChannels.size() - 1);
    }
}
