package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.inference.diffusion.model.VaeConfig;
import java.util.List;
import java.util.Optional;

/** The step between the autoencoder's own latents and those that the denoising network works on. */
final class LatentScale {
    private final VaeConfig config;

    LatentScale(VaeConfig config) {
        this.config = config;
    }

    /** Turns one image's latents into what the decoder takes, in place. */
    void toDecoder(float[] values) {
        float factor = (float) config.scalingFactor();
        float shift = (float) config.shiftFactor();
        int channelSize = values.length / config.latentChannels();
        for (int channel = 0; channel < config.latentChannels(); channel++) {
            float std = statistic(config.latentsStd(), channel, 1);
            float mean = statistic(config.latentsMean(), channel, 0);
            for (int i = channel * channelSize; i < (channel + 1) * channelSize; i++) {
                values[i] = values[i] * std / factor + mean + shift;
            }
        }
    }

    /** Turns one image's latents from the encoder into what the denoising network works on, in place. */
    void fromEncoder(float[] values) {
        float factor = (float) config.scalingFactor();
        float shift = (float) config.shiftFactor();
        int channelSize = values.length / config.latentChannels();
        for (int channel = 0; channel < config.latentChannels(); channel++) {
            float std = statistic(config.latentsStd(), channel, 1);
            float mean = statistic(config.latentsMean(), channel, 0);
            for (int i = channel * channelSize; i < (channel + 1) * channelSize; i++) {
                values[i] = (values[i] - shift - mean) * factor / std;
            }
        }
    }

    private static float statistic(Optional<List<Double>> values, int channel, double absent) {
        return (float) values.map(each -> each.get(channel)).orElse(absent).doubleValue();
    }
}
