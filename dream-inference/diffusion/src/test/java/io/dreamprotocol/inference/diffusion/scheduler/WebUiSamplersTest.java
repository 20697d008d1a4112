package io.dreamprotocol.inference.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The samplers of the AUTOMATIC1111 web UI that diffusers lacks, against their definitions worked out here in double precision: a
 * network of one formula, noise levels straight from the betas, and each step as its paper or the k-diffusion library states it.
 */
class WebUiSamplersTest {
    private static final int SIZE = 64;
    private static final double[] TABLE = table();

    private static final SchedulerConfig MODEL = SchedulerConfig.of(
            "EulerDiscreteScheduler",
            Map.of(
                    "beta_start",
                    0.00085,
                    "beta_end",
                    0.012,
                    "beta_schedule",
                    "scaled_linear",
                    "num_train_timesteps",
                    1000,
                    "prediction_type",
                    "epsilon",
                    "timestep_spacing",
                    "linspace"));

    @ParameterizedTest
    @CsvSource({"1, Uniform", "2, Uniform", "5, Uniform", "20, Uniform", "1, Karras", "4, Karras", "12, Karras"})
    void dpmSolver2sAncestral(int steps, String schedule) {
        double[] sigmas = levels(steps, schedule);
        assertEqual(named("DPM++ 2S a", schedule), steps, 2 * steps - 1, new Reference(), (x, with) -> {
            for (int i = 0; i < steps; i++) {
                double from = sigmas[i];
                double to = sigmas[i + 1];
                double up = Math.min(to, to * Math.sqrt(1 - to * to / (from * from)));
                double down = Math.sqrt(to * to - up * up);
                double[] clean = with.denoised(x, from);
                if (down == 0) {
                    x = clean;
                    continue;
                }
                double t = -Math.log(from);
                double h = -Math.log(down) - t;
                double middle = Math.exp(-(t + h / 2));
                double[] half = combined(middle / from, x, -Math.expm1(-h / 2), clean);
                x = combined(down / from, x, -Math.expm1(-h), with.denoised(half, middle));
                x = combined(1, x, up, with.noise());
            }
            return x;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 12, 20})
    void dpmFast(int steps) {
        assertEqual(named("DPM fast", "Uniform"), steps, steps, new Reference(), (x, with) -> {
            double start = -Math.log(TABLE[TABLE.length - 1]);
            double end = -Math.log(TABLE[0]);
            List<Integer> orders = new ArrayList<>();
            for (int left = steps; left > 0; left -= orders.getLast()) {
                orders.add(left == 3 ? 2 : Math.min(3, left));
            }
            for (int i = 0; i < orders.size(); i++) {
                double t = start + (end - start) * i / orders.size();
                double next = start + (end - start) * (i + 1) / orders.size();
                double from = Math.exp(-t);
                double to = Math.exp(-next);
                double ancestral = to * Math.sqrt(1 - to * to / (from * from));
                double target = Math.min(end, -Math.log(Math.sqrt(to * to - ancestral * ancestral)));
                x = dpmSolver(orders.get(i), x, t, target, with);
                x = combined(1, x, Math.sqrt(Math.max(0, to * to - Math.exp(-2 * target))), with.noise());
            }
            return x;
        });
    }

    /** DPM-Solver-1, -2 and -3 with r1 = 1/2, or 1/3 and r2 = 2/3 (algorithms 1 and 2 of 2206.00927). */
    private static double[] dpmSolver(int order, double[] x, double t, double target, Reference with) {
        DoubleUnaryOperator sigma = time -> Math.exp(-time);
        double h = target - t;
        double[] e = with.noiseIn(x, sigma.applyAsDouble(t));
        double[] whole = combined(1, x, -sigma.applyAsDouble(target) * Math.expm1(h), e);
        if (order == 1) {
            return whole;
        }
        double r1 = 1.0 / order;
        double s1 = t + r1 * h;
        double[] u1 = combined(1, x, -sigma.applyAsDouble(s1) * Math.expm1(r1 * h), e);
        double[] d1 = combined(1, with.noiseIn(u1, sigma.applyAsDouble(s1)), -1, e);
        if (order == 2) {
            return combined(1, whole, -sigma.applyAsDouble(target) / (2 * r1) * Math.expm1(h), d1);
        }
        double r2 = 2.0 / 3;
        double s2 = t + r2 * h;
        double[] u2 = combined(1, x, -sigma.applyAsDouble(s2) * Math.expm1(r2 * h), e);
        u2 = combined(1, u2, -sigma.applyAsDouble(s2) * r2 / r1 * (Math.expm1(r2 * h) / (r2 * h) - 1), d1);
        double[] d2 = combined(1, with.noiseIn(u2, sigma.applyAsDouble(s2)), -1, e);
        return combined(1, whole, -sigma.applyAsDouble(target) / r2 * (Math.expm1(h) / h - 1), d2);
    }

    @ParameterizedTest
    @CsvSource({
        "1, Uniform, 1",
        "4, Karras, 7",
        "19, Karras, 37",
        "20, Karras, 39",
        "20, Uniform, 39",
        "35, Karras, 69",
        "36, Karras, 71",
        "50, Karras, 99"
    })
    void restart(int steps, String schedule, int calls) {
        double[] sigmas = levels(steps, schedule);
        assertEqual(named("Restart", schedule), steps, calls, new Reference(), (x, with) -> {
            double last = Double.POSITIVE_INFINITY;
            for (double[] step : restarts(sigmas)) {
                if (step[0] > last) {
                    x = combined(1, x, Math.sqrt(step[0] * step[0] - last * last), with.noise());
                }
                double[] slope = with.noiseIn(x, step[0]);
                double[] euler = combined(1, x, step[1] - step[0], slope);
                if (step[1] == 0) {
                    x = euler;
                } else {
                    double[] mean = combined(0.5, slope, 0.5, with.noiseIn(euler, step[1]));
                    x = combined(1, x, step[1] - step[0], mean);
                }
                last = step[1];
            }
            return x;
        });
    }

    /** The steps that the web UI takes for so many levels: all in all as many as asked for. */
    private static List<double[]> restarts(double[] sigmas) {
        int steps = sigmas.length - 1;
        double[] down = sigmas;
        int again = 0;
        int times = 0;
        if (steps >= 20) {
            again = steps >= 36 ? steps / 4 : 9;
            times = steps >= 36 ? 2 : 1;
            down = karras(steps - again * times, sigmas[steps - 1], sigmas[0]);
        }
        List<double[]> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < down.length; i++) {
            pairs.add(new double[] {down[i], down[i + 1]});
            if (times > 0 && i + 1 == nearest(down, 0.1)) {
                double[] up = karras(again + 1, down[i + 1], down[nearest(down, 2)]);
                for (int k = 0; k < times; k++) {
                    for (int j = 0; j < again; j++) {
                        pairs.add(new double[] {up[j], up[j + 1]});
                    }
                }
            }
        }
        assertThat(pairs).hasSize(steps);
        return pairs;
    }

    private static int nearest(double[] sigmas, double value) {
        int best = 0;
        for (int i = 1; i < sigmas.length; i++) {
            if (Math.abs(sigmas[i] - value) < Math.abs(sigmas[best] - value)) {
                best = i;
            }
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(strings = {"DPM++ 2S a", "DPM++ 2S a Karras", "Restart", "Restart Karras", "DPM fast"})
    void runsGoOnFromEveryStepAndFromTheMiddleOfTheWay(String name) {
        Scheduler scheduler = Scheduler.of(SchedulerChoice.named(name).applyTo(MODEL));
        for (double strength : new double[] {1, 0.7, 0.3}) {
            RunOptions options = RunOptions.steps(30).withStrength(strength);
            DenoisingRun run = scheduler.start(options);
            int calls = run.length() - run.beginIndex();
            assertThat(calls).isBetween((int) (30 * strength), (int) (60 * strength));
            NoiseSource noise = NoiseKind.CPU.source(3);
            float[] sample = new float[SIZE];
            noise.fill(sample);
            run.addNoise(new float[SIZE], sample.clone(), run.beginIndex(), sample);
            for (int i = run.beginIndex(); i < run.length(); i++) {
                float[] before = sample.clone();
                List<float[]> history = run.history();
                step(run, i, sample, noise);

                DenoisingRun again = scheduler.start(options);
                NoiseSource noiseAgain = NoiseKind.CPU.source(3);
                noiseAgain.fill(new float[SIZE]);
                again.resume(i, SIZE, history, noiseAgain);
                step(again, i, before, noiseAgain);
                assertThat(before).as("after call %d", i).isEqualTo(sample);
            }
            for (float value : sample) {
                assertThat(value).isFinite();
            }
            assertThat(run.history()).isEmpty();
        }
    }

    @Test
    void aStrengthThatLeavesNothingLeavesNothing() {
        for (String name : List.of("DPM++ 2S a", "Restart", "DPM fast")) {
            DenoisingRun run = Scheduler.of(SchedulerChoice.named(name).applyTo(MODEL))
                    .start(RunOptions.steps(10).withStrength(0.05));
            assertThat(run.beginIndex()).isEqualTo(run.length());
        }
    }

    @Test
    void theFirstTimestepIsWhole() {
        for (String name : List.of("DPM++ 2S a Karras", "Restart Karras", "DPM fast")) {
            DenoisingRun run =
                    Scheduler.of(SchedulerChoice.named(name).applyTo(MODEL)).start(25);
            assertThat(run.timestep(0)).isEqualTo(999);
        }
    }

    private static SchedulerConfig named(String sampler, String schedule) {
        return SchedulerChoice.named(sampler, schedule).applyTo(MODEL);
    }

    /** A sampler by its definition. */
    private interface Definition {
        double[] sample(double[] x, Reference with);
    }

    private static void assertEqual(
            SchedulerConfig config, int steps, int calls, Reference reference, Definition definition) {
        DenoisingRun run = Scheduler.of(config).start(steps);
        assertThat(run.length()).isEqualTo(calls);
        NoiseSource noise = NoiseKind.CPU.source(5);
        float[] sample = new float[SIZE];
        noise.fill(sample);
        double[] x = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            sample[i] *= run.initNoiseSigma();
            x[i] = sample[i];
        }
        reference.noise();
        for (int i = 0; i < run.length(); i++) {
            step(run, i, sample, noise);
        }
        double[] expected = definition.sample(x, reference);
        double largest =
                Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElseThrow());
        for (int i = 0; i < SIZE; i++) {
            assertThat((double) sample[i]).as("element %d", i).isCloseTo(expected[i], within(1e-4 * largest));
        }
    }

    private static void step(DenoisingRun run, int index, float[] sample, NoiseSource noise) {
        float[] input = new float[SIZE];
        run.scaleModelInput(sample, index, input);
        float[] output = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            output[i] = (float) network(input[i], run.timestep(index));
        }
        run.step(output, index, sample, noise, sample);
    }

    private static double network(double input, double timestep) {
        return 0.3 * input + 0.1 * Math.sin(timestep / 100);
    }

    /** What a definition is given: the network, and the noise of the seed. */
    private static final class Reference {
        private final NoiseSource source = NoiseKind.CPU.source(5);

        double[] noise() {
            float[] draw = new float[SIZE];
            source.fill(draw);
            double[] noise = new double[SIZE];
            for (int i = 0; i < SIZE; i++) {
                noise[i] = draw[i];
            }
            return noise;
        }

        double[] noiseIn(double[] x, double sigma) {
            double[] noise = new double[SIZE];
            for (int i = 0; i < SIZE; i++) {
                noise[i] = network(x[i] / Math.sqrt(sigma * sigma + 1), timestep(sigma));
            }
            return noise;
        }

        double[] denoised(double[] x, double sigma) {
            return combined(1, x, -sigma, noiseIn(x, sigma));
        }
    }

    private static double[] combined(double a, double[] x, double b, double[] y) {
        double[] sum = new double[x.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = a * x[i] + b * y[i];
        }
        return sum;
    }

    private static double[] table() {
        double[] sigmas = new double[1000];
        double product = 1;
        for (int i = 0; i < sigmas.length; i++) {
            double root = Math.sqrt(0.00085) + (Math.sqrt(0.012) - Math.sqrt(0.00085)) * i / 999;
            product *= 1 - root * root;
            sigmas[i] = Math.sqrt((1 - product) / product);
        }
        return sigmas;
    }

    /** Interpolated between the logarithms of the table. */
    private static double timestep(double sigma) {
        int below = 0;
        while (below < TABLE.length - 2 && TABLE[below + 1] <= sigma) {
            below++;
        }
        double low = Math.log(TABLE[below]);
        double share = (Math.log(sigma) - low) / (Math.log(TABLE[below + 1]) - low);
        return below + Math.clamp(share, 0.0, 1.0);
    }

    /** The levels of a number of steps, and zero. */
    private static double[] levels(int steps, String schedule) {
        if (schedule.equals("Karras")) {
            double[] uniform = levels(steps, "Uniform");
            return karras(steps, uniform[steps - 1], uniform[0]);
        }
        double[] sigmas = new double[steps + 1];
        for (int i = 0; i < steps; i++) {
            double t = steps == 1 ? 0 : 999.0 * (steps - 1 - i) / (steps - 1);
            int below = Math.min((int) t, 998);
            sigmas[i] = TABLE[below] + (t - below) * (TABLE[below + 1] - TABLE[below]);
        }
        return sigmas;
    }

    private static double[] karras(int count, double min, double max) {
        double[] sigmas = new double[count + 1];
        for (int i = 0; i < count; i++) {
            double ramp = count == 1 ? 0 : (double) i / (count - 1);
            double root = Math.pow(max, 1 / 7.0) + ramp * (Math.pow(min, 1 / 7.0) - Math.pow(max, 1 / 7.0));
            sigmas[i] = Math.pow(root, 7);
        }
        return sigmas;
    }
}
