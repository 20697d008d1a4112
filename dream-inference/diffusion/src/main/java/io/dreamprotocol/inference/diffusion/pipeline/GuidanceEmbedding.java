package io.dreamprotocol.inference.diffusion.pipeline;

/**
 * The form in which models that were distilled with guidance take its scale, as latent consistency models do (<a
 * href="https://arxiv.org/abs/2310.04378">2310.04378</a>, appendix F): sines, then cosines, of falling frequencies.
 */
final class GuidanceEmbedding {
    private static final double STRETCH = 1000;
    private static final double LONGEST_PERIOD = 10_000;

    private GuidanceEmbedding() {}

    /**
     * Embeds a guidance scale.
     *
     * @param scale the scale, where 1 means none
     * @param width the numbers of the embedding
     */
    static float[] of(double scale, int width) {
        int half = width / 2;
        float[] embedding = new float[width];
        float position = (float) ((scale - 1) * STRETCH);
        float step = (float) (Math.log(LONGEST_PERIOD) / Math.max(1, half - 1));
        for (int i = 0; i < half; i++) {
            float angle = position * (float) Math.exp(i * -step);
            embedding[i] = (float) Math.sin(angle);
            embedding[half + i] = (float) Math.cos(angle);
        }
        return embedding;
    }
}
