package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Pseudo numerical methods for diffusion models, <a href="https://arxiv.org/abs/2202.09778">2202.09778</a>: linear
 * multistep steps (PLMS), by default after three pseudo Runge-Kutta steps (PRK) of four network calls each.
 */
final class PndmMethod implements SchedulingMethod {

    private static final int ORDER = 4;

    private final NoiseTable table;
    private final float finalAlpha;
    private final Prediction prediction;
    private final Spacing spacing;
    private final int offset;
    private final boolean skipsRungeKutta;

    PndmMethod(SchedulerConfig config) {
        table = NoiseTable.of(config, NoiseTable.Defaults.DDPM);
        finalAlpha = config.flag("set_alpha_to_one", false) ? 1 : table.alphaCumprod(0);
        prediction = Prediction.of(config, Prediction.EPSILON, Prediction.V);
        spacing = Spacing.of(config, Spacing.LEADING);
        offset = Spacing.offset(config);
        skipsRungeKutta = config.flag("skip_prk_steps", false);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        int[] spaced = spacing.whole(table.length(), options, offset);
        return skipsRungeKutta
                ? new Run(withSecondTwice(spaced), 0, options)
                : new Run(withRungeKutta(spaced, table.length() / options.steps() / 2), 3 * ORDER, options);
    }

    /** The first linear step is taken twice, the second time with the average of two outputs. */
    private static int[] withSecondTwice(int[] spaced) {
        if (spaced.length == 1) {
            return spaced;
        }
        int[] timesteps = new int[spaced.length + 1];
        timesteps[0] = spaced[0];
        System.arraycopy(spaced, 1, timesteps, 2, spaced.length - 1);
        timesteps[1] = spaced[1];
        return timesteps;
    }

    private static int[] withRungeKutta(int[] spaced, int half) {
        if (spaced.length < ORDER) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_STEPS,
                    "PNDM with Runge-Kutta steps needs at least " + ORDER + " steps, but " + spaced.length
                            + " were asked for; choose more, or set skip_prk_steps.");
        }
        int linear = spaced.length - 3;
        int[] timesteps = new int[3 * ORDER + linear];
        for (int step = 0; step < 3; step++) {
            int next = spaced[step + 1];
            timesteps[step * ORDER] = spaced[step];
            timesteps[step * ORDER + 1] = next + half;
            timesteps[step * ORDER + 2] = next + half;
            timesteps[step * ORDER + 3] = next;
        }
        System.arraycopy(spaced, 3, timesteps, 3 * ORDER, linear);
        return timesteps;
    }

    private final class Run extends DenoisingRun {

        private final int[] wholeTimesteps;
        private final int stride;
        private final int rungeKuttaCalls;
        private final List<float[]> outputs = new ArrayList<>();
        private float[] combined = {};
        private float[] sum = {};
        private float[] start = {};

        Run(int[] timesteps, int rungeKuttaCalls, RunOptions options) {
            super(listed(timesteps), new float[0], 1, 1, options);
            this.wholeTimesteps = timesteps;
            this.rungeKuttaCalls = rungeKuttaCalls;
            this.stride = table.length() / options.steps();
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (combined.length == 0) {
                combined = new float[sample.length];
                sum = new float[sample.length];
                start = new float[sample.length];
            }
            int call = index - beginIndex();
            if (call < rungeKuttaCalls) {
                rungeKuttaCall(modelOutput, wholeTimesteps[index], call, sample, out);
            } else {
                linearCall(modelOutput, wholeTimesteps[index], call, sample, out);
            }
        }

        private void rungeKuttaCall(float[] modelOutput, int timestep, int call, float[] sample, float[] out) {
            int part = call % ORDER;
            if (part == 0) {
                remember(modelOutput);
                System.arraycopy(sample, 0, start, 0, sample.length);
            }
            float weight = part == 0 || part == 3 ? 1 / 6f : 1 / 3f;
            for (int i = 0; i < sum.length; i++) {
                sum[i] = (part == 0 ? 0 : sum[i]) + weight * modelOutput[i];
            }
            System.arraycopy(part == 3 ? sum : modelOutput, 0, combined, 0, combined.length);
            int target = part % 2 == 0 ? timestep - stride / 2 : timestep;
            transfer(start, wholeTimesteps[call - part], target, out);
        }

        private void linearCall(float[] modelOutput, int timestep, int call, float[] sample, float[] out) {
            int from = timestep;
            int target = timestep - stride;
            if (call == 1) {
                from = timestep + stride;
                target = timestep;
                blend(modelOutput, 0.5f, outputs.getLast(), 0.5f);
                transfer(start, from, target, out);
                return;
            }
            remember(modelOutput);
            if (call == 0) {
                System.arraycopy(sample, 0, start, 0, sample.length);
            }
            combineOutputs();
            transfer(sample, from, target, out);
        }

        /** The newest outputs, oldest first, and within a step of several calls what it began with and has summed up. */
        @Override
        List<float[]> memory() {
            int call = nextIndex() - beginIndex();
            boolean rungeKutta = call < rungeKuttaCalls;
            List<float[]> memory =
                    new ArrayList<>(outputs.subList(Math.max(0, outputs.size() - ORDER + 1), outputs.size()));
            if (rungeKutta && call % ORDER > 0) {
                memory.add(start);
                memory.add(sum);
            } else if (!rungeKutta && call == 1) {
                memory.add(start);
            }
            return memory;
        }

        private void remember(float[] modelOutput) {
            outputs.add(
                    outputs.size() == ORDER ? overwritten(outputs.removeFirst(), modelOutput) : modelOutput.clone());
        }

        private static float[] overwritten(float[] array, float[] values) {
            System.arraycopy(values, 0, array, 0, values.length);
            return array;
        }

        private void blend(float[] a, float weightA, float[] b, float weightB) {
            for (int i = 0; i < combined.length; i++) {
                combined[i] = weightA * a[i] + weightB * b[i];
            }
        }

        /** Adams-Bashforth weights of the outputs at hand. */
        private void combineOutputs() {
            int count = outputs.size();
            float[] e1 = outputs.get(count - 1);
            if (count == 1) {
                System.arraycopy(e1, 0, combined, 0, e1.length);
                return;
            }
            float[] e2 = outputs.get(count - 2);
            if (count == 2) {
                blend(e1, 1.5f, e2, -0.5f);
                return;
            }
            float[] e3 = outputs.get(count - 3);
            if (count == 3) {
                for (int i = 0; i < combined.length; i++) {
                    combined[i] = (23 * e1[i] - 16 * e2[i] + 5 * e3[i]) / 12;
                }
                return;
            }
            float[] e4 = outputs.get(count - 4);
            for (int i = 0; i < combined.length; i++) {
                combined[i] = 1 / 24f * (55 * e1[i] - 59 * e2[i] + 37 * e3[i] - 9 * e4[i]);
            }
        }

        /** The transfer part, equation 11 of the paper, with the combined output. */
        private void transfer(float[] sample, int timestep, int target, float[] out) {
            float alphaProd = table.alphaCumprod(timestep);
            float alphaProdTarget = target >= 0 ? table.alphaCumprod(target) : finalAlpha;
            float betaProd = 1 - alphaProd;
            float betaProdTarget = 1 - alphaProdTarget;
            prediction.toNoise(Float32.sqrt(alphaProd), Float32.sqrt(betaProd), combined, sample, combined);
            float sampleWeight = Float32.sqrt(alphaProdTarget / alphaProd);
            float divisor =
                    alphaProd * Float32.sqrt(betaProdTarget) + Float32.sqrt(alphaProd * betaProd * alphaProdTarget);
            float difference = alphaProdTarget - alphaProd;
            for (int i = 0; i < out.length; i++) {
                out[i] = sampleWeight * sample[i] - difference * combined[i] / divisor;
            }
        }

        @Override
        void mix(float[] clean, float[] noise, int index, float[] out) {
            float alphaProd = table.alphaCumprod(wholeTimesteps[index]);
            mix(Float32.sqrt(alphaProd), clean, Float32.sqrt(1 - alphaProd), noise, out);
        }
    }
}
