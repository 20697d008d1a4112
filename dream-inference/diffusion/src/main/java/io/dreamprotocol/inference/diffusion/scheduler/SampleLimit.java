package io.dreamprotocol.inference.diffusion.scheduler;

import java.util.Arrays;

/**
 * How a predicted clean sample is kept in range: not at all, by clipping, or by the dynamic thresholding of Imagen (<a
 * href="https://arxiv.org/abs/2205.11487">2205.11487</a>, section 2.3).
 */
sealed interface SampleLimit {

    /** Brings each sample of a batch into range, in place. */
    void apply(float[] samples, int batch);

    /** The limit of a class that can threshold only. */
    static SampleLimit thresholding(SchedulerConfig config) {
        if (!config.flag("thresholding", false)) {
            return new None();
        }
        return new Dynamic((float) config.real("dynamic_thresholding_ratio", 0.995, 0, 1), (float)
                config.real("sample_max_value", 1, 0, 1e6));
    }

    /** The limit of a class that can clip only. */
    static SampleLimit clipping(SchedulerConfig config, boolean clipsIfAbsent) {
        return config.flag("clip_sample", clipsIfAbsent)
                ? new Clip((float) config.real("clip_sample_range", 1, 0, 1e6))
                : new None();
    }

    /** The limit of a class that can do both; thresholding goes first. */
    static SampleLimit thresholdingOrClipping(SchedulerConfig config, boolean clipsIfAbsent) {
        return config.flag("thresholding", false) ? thresholding(config) : clipping(config, clipsIfAbsent);
    }

    /** Leaves samples as they are. */
    record None() implements SampleLimit {
        @Override
        public void apply(float[] samples, int batch) {
            // Every value is in range.
        }
    }

    /** Clips values to a range around zero. */
    record Clip(float range) implements SampleLimit {
        @Override
        public void apply(float[] samples, int batch) {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = Math.min(Math.max(samples[i], -range), range);
            }
        }
    }

    /** Clips to a quantile of the sample's own magnitudes, and scales what is left by it. */
    record Dynamic(float ratio, float maxValue) implements SampleLimit {
        @Override
        public void apply(float[] samples, int batch) {
            int size = samples.length / batch;
            float[] magnitudes = new float[size];
            for (int start = 0; start < samples.length; start += size) {
                for (int i = 0; i < size; i++) {
                    magnitudes[i] = Math.abs(samples[start + i]);
                }
                Arrays.sort(magnitudes);
                float threshold = Math.min(Math.max(quantile(magnitudes), 1), maxValue);
                for (int i = start; i < start + size; i++) {
                    samples[i] = Math.min(Math.max(samples[i], -threshold), threshold) / threshold;
                }
            }
        }

        private float quantile(float[] sorted) {
            float rank = ratio * (sorted.length - 1);
            int below = (int) rank;
            int above = Math.min(below + 1, sorted.length - 1);
            return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
        }
    }
}
