package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.model.VaeConfig;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import java.util.List;
import java.util.Optional;

/**
 * A linear map from the channels of latents to colours, which is close to what the autoencoder's decoder makes of them.
 *
 * <p>Immutable.
 */
final class LatentColours {
    /** The most channels for which a map is fitted; the equations grow with their square. */
    static final int MAX_CHANNELS = 128;

    private static final List<Integer> STABLE_DIFFUSION_LEVELS = List.of(128, 256, 512, 512);
    private static final double FIRST_SCALE = 0.18215;
    private static final double XL_SCALE = 0.13025;

    /** Differences of scaling factors below this come from rounding. */
    private static final double SCALE_TOLERANCE = 1e-6;

    /**
     * Stable Diffusion 1 and 2: red, green and blue of each channel, and the constant. Found by Kevin Turner, <a
     * href="https://discuss.huggingface.co/t/decoding-latents-to-rgb-without-upscaling/23204/2">discuss.huggingface.co, thread
     * 23204</a>, for colours from -1 to 1; here for 0 to 1.
     */
    private static final double[][] FIRST = {
        {0.298 / 2, 0.207 / 2, 0.208 / 2},
        {0.187 / 2, 0.286 / 2, 0.173 / 2},
        {-0.158 / 2, 0.189 / 2, 0.264 / 2},
        {-0.184 / 2, -0.271 / 2, -0.473 / 2},
        {0.5, 0.5, 0.5}
    };

    /**
     * Stable Diffusion XL, the same way. Found by Timothy Alexis Vass, <a
     * href="https://huggingface.co/blog/TimothyAlexisVass/explaining-the-sdxl-latent-space">"Explaining the SDXL latent space"</a>,
     * for colours from 0 to 255.
     */
    private static final double[][] XL = {
        {60 / 255.0, 60 / 255.0, 60 / 255.0},
        {-60 / 255.0, -5 / 255.0, 10 / 255.0},
        {25 / 255.0, 15 / 255.0, -5 / 255.0},
        {-70 / 255.0, -50 / 255.0, -35 / 255.0},
        {150 / 255.0, 140 / 255.0, 130 / 255.0}
    };

    /** Weight of the ridge, relative to the number of equations: it keeps channels without influence at zero. */
    private static final double RIDGE = 1e-3;

    private static final int MIN_PATCHES = 8;
    private static final int SMALL_FACTOR = 8;

    private final double[][] weights;

    private LatentColours(double[][] weights) {
        this.weights = weights;
    }

    /** The map that others found for an autoencoder, known by the shape that its configuration states. */
    static Optional<LatentColours> published(VaeConfig vae) {
        if (vae.latentChannels() != FIRST.length - 1
                || !vae.blockOutChannels().equals(STABLE_DIFFUSION_LEVELS)
                || vae.shiftFactor() != 0
                || vae.latentsMean().isPresent()) {
            return Optional.empty();
        }
        if (Math.abs(vae.scalingFactor() - FIRST_SCALE) < SCALE_TOLERANCE) {
            return Optional.of(new LatentColours(FIRST));
        }
        if (Math.abs(vae.scalingFactor() - XL_SCALE) < SCALE_TOLERANCE) {
            return Optional.of(new LatentColours(XL));
        }
        return Optional.empty();
    }

    /**
     * Fits a map to a decoder by least squares: it decodes one picture of patches whose latents are standard normal noise, each
     * patch of several equal latents, because neighbours in pictures are alike.
     */
    static LatentColours fitted(VaeConfig vae, VaeDecoder decoder, Cancellation cancellation) {
        int channels = vae.latentChannels();
        if (channels > MAX_CHANNELS) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "No linear preview of latents with " + channels + " channels, " + MAX_CHANNELS
                            + " are the most; ask for the decoded one");
        }
        int patches = Math.max(MIN_PATCHES, (int) Math.ceil(Math.sqrt(4.0 * (channels + 1))));
        int patch = vae.scaleFactor() <= SMALL_FACTOR ? 4 : 2;
        Latents latents = patches(channels, patches, patch);
        RgbImage decoded = decoder.decode(latents, 0, cancellation);
        return new LatentColours(leastSquares(latents, decoded, vae.scaleFactor()));
    }

    private static Latents patches(int channels, int patches, int patch) {
        float[] noise = new float[channels * patches * patches];
        NoiseKind.CPU.source(0).fill(noise);
        int side = patches * patch;
        Latents latents = Latents.zeros(1, channels, side, side);
        float[] values = latents.values();
        for (int i = 0; i < values.length; i++) {
            int channel = i / (side * side);
            int row = i / side % side / patch;
            int column = i % side / patch;
            values[i] = noise[(channel * patches + row) * patches + column];
        }
        return latents;
    }

    private static double[][] leastSquares(Latents latents, RgbImage picture, int factor) {
        int unknowns = latents.channels() + 1;
        int positions = latents.height() * latents.width();
        double[][] equations = new double[unknowns][unknowns + Pixels.CHANNELS];
        double[] row = new double[unknowns];
        for (int position = 0; position < positions; position++) {
            fill(row, latents, 0, position);
            double[] colour = mean(picture, position % latents.width(), position / latents.width(), factor);
            for (int i = 0; i < unknowns; i++) {
                for (int j = 0; j < unknowns; j++) {
                    equations[i][j] += row[i] * row[j];
                }
                for (int c = 0; c < Pixels.CHANNELS; c++) {
                    equations[i][unknowns + c] += row[i] * colour[c];
                }
            }
        }
        for (int i = 0; i < unknowns; i++) {
            equations[i][i] += RIDGE * positions;
        }
        return solve(equations, unknowns);
    }

    /** Solves symmetric positive definite equations, for which elimination needs no pivoting. */
    private static double[][] solve(double[][] equations, int unknowns) {
        for (int pivot = 0; pivot < unknowns; pivot++) {
            for (int i = pivot + 1; i < unknowns; i++) {
                double share = equations[i][pivot] / equations[pivot][pivot];
                for (int j = pivot; j < equations[i].length; j++) {
                    equations[i][j] -= share * equations[pivot][j];
                }
            }
        }
        double[][] solution = new double[unknowns][Pixels.CHANNELS];
        for (int i = unknowns - 1; i >= 0; i--) {
            for (int c = 0; c < Pixels.CHANNELS; c++) {
                double rest = equations[i][unknowns + c];
                for (int j = i + 1; j < unknowns; j++) {
                    rest -= equations[i][j] * solution[j][c];
                }
                solution[i][c] = rest / equations[i][i];
            }
        }
        return solution;
    }

    /** The mean colour, from 0 to 1, of the pixels that one element of the latents stands for. */
    private static double[] mean(RgbImage picture, int column, int row, int factor) {
        double[] sum = new double[Pixels.CHANNELS];
        for (int y = row * factor; y < (row + 1) * factor; y++) {
            for (int x = column * factor; x < (column + 1) * factor; x++) {
                int pixel = picture.pixel(x, y);
                sum[0] += pixel >> 16;
                sum[1] += (pixel >> 8) & 0xFF;
                sum[2] += pixel & 0xFF;
            }
        }
        for (int c = 0; c < sum.length; c++) {
            sum[c] /= 255.0 * factor * factor;
        }
        return sum;
    }

    /** The channels of one element, and one for the constant. */
    private static void fill(double[] row, Latents latents, int image, int position) {
        int area = latents.height() * latents.width();
        for (int channel = 0; channel < latents.channels(); channel++) {
            row[channel] = latents.values()[image * latents.imageSize() + channel * area + position];
        }
        row[latents.channels()] = 1;
    }

    /** Makes a picture of one image of a batch, one pixel for each element. */
    RgbImage paint(Latents latents, int image) {
        int area = latents.height() * latents.width();
        byte[] rgb = new byte[area * Pixels.CHANNELS];
        double[] row = new double[latents.channels() + 1];
        for (int position = 0; position < area; position++) {
            fill(row, latents, image, position);
            for (int c = 0; c < Pixels.CHANNELS; c++) {
                double value = 0;
                for (int i = 0; i < row.length; i++) {
                    value += row[i] * weights[i][c];
                }
                rgb[position * Pixels.CHANNELS + c] = (byte) Math.rint(Math.clamp(value, 0.0, 1.0) * 255);
            }
        }
        return RgbImage.of(latents.width(), latents.height(), rgb);
    }
}
