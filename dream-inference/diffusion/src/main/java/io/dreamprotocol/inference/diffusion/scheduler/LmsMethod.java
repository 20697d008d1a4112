package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The linear multistep method of the k-diffusion library: the polynomial through the last derivatives is integrated over
 * the step.
 */
final class LmsMethod implements SchedulingMethod {

    /** Gauss-Legendre rule of four points on [-1, 1], exact for the polynomials of up to eight derivatives. */
    private static final double[] NODES = {
        -0.8611363115940526, -0.3399810435848563, 0.3399810435848563, 0.8611363115940526
    };

    private static final double[] NODE_WEIGHTS = {
        0.34785484513745385, 0.6521451548625461, 0.6521451548625461, 0.34785484513745385
    };

    private final NoiseTable table;
    private final Prediction prediction;
    private final Spacing spacing;
    private final int offset;
    private final @Nullable SigmaSchedule schedule;
    private final SigmaLadder.Range range;

    LmsMethod(SchedulerConfig config) {
        table = NoiseTable.of(config, NoiseTable.Defaults.DDPM);
        prediction = Prediction.of(config, Prediction.EPSILON, Prediction.SAMPLE, Prediction.V);
        spacing = Spacing.of(config, Spacing.LINSPACE);
        offset = Spacing.offset(config);
        schedule = SigmaSchedule.of(config);
        range = SigmaLadder.Range.of(config);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        double[] timesteps = spacing.fractional(table.length(), options, offset);
        SigmaLadder ladder = SigmaLadder.spaced(table, timesteps, schedule, range);
        return new Run(ladder.float32Timesteps(), ladder.float32Sigmas(0), options);
    }

    private final class Run extends VarianceExplodingRun {

        private final int solverOrder;
        private final Deque<float[]> derivatives = new ArrayDeque<>();

        Run(double[] timesteps, float[] sigmas, RunOptions options) {
            super(timesteps, sigmas, initNoiseSigma(spacing, sigmas), 1, options);
            solverOrder = options.solverOrder();
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            float[] derivative = derivatives.size() == solverOrder ? derivatives.removeLast() : new float[out.length];
            float sigma = sigma(index);
            prediction.toOriginalUnscaled(sigma, modelOutput, sample, derivative);
            for (int i = 0; i < derivative.length; i++) {
                derivative[i] = (sample[i] - derivative[i]) / sigma;
            }
            derivatives.addFirst(derivative);
            System.arraycopy(sample, 0, out, 0, sample.length);
            int order = Math.min(index + 1, solverOrder);
            int current = 0;
            for (float[] past : derivatives) {
                if (current == order) {
                    break;
                }
                float weight = (float) weight(order, index, current);
                for (int i = 0; i < out.length; i++) {
                    out[i] += weight * past[i];
                }
                current++;
            }
        }

        /** The derivatives, newest first, but the one that the next call overwrites. */
        @Override
        List<float[]> memory() {
            return derivatives.stream().limit(solverOrder - 1).toList();
        }

        /** The integral over the step of the Lagrange polynomial that belongs to one of the derivatives. */
        private double weight(int order, int index, int current) {
            double half = (sigma(index + 1) - (double) sigma(index)) / 2;
            double middle = (sigma(index + 1) + (double) sigma(index)) / 2;
            double integral = 0;
            for (int node = 0; node < NODES.length; node++) {
                double at = middle + half * NODES[node];
                double product = 1;
                for (int other = 0; other < order; other++) {
                    if (other != current) {
                        double level = sigma(index - other);
                        product *= (at - level) / (sigma(index - current) - level);
                    }
                }
                integral += NODE_WEIGHTS[node] * product;
            }
            return integral * half;
        }
    }
}
