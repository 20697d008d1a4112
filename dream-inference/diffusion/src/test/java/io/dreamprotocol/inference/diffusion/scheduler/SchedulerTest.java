package io.dreamprotocol.inference.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SchedulerTest {

    private static final NoiseSource NO_NOISE = out -> {
        throw new AssertionError("drew noise");
    };

    private static Scheduler scheduler(String className) {
        return Scheduler.of(SchedulerConfig.of(className, Map.of()));
    }

    static Stream<String> classNames() {
        return Arrays.stream(Sampler.values()).map(Sampler::className).distinct();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, RunOptions.MAX_STEPS + 1, 10_000})
    void aStepCountOutOfRangeIsRefused(int steps) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> scheduler("DDIMScheduler").start(steps))
                .withMessageContaining("between 1 and 1000")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_STEPS));
    }

    @ParameterizedTest
    @MethodSource("classNames")
    void moreStepsThanTheModelKnowsAreRefused(String className) {
        if (className.startsWith("EDM")) {
            return;
        }
        Map<String, Object> options = className.startsWith("LCM") || className.startsWith("TCD")
                ? Map.of("num_train_timesteps", 20, "original_inference_steps", 20)
                : Map.of("num_train_timesteps", 20);
        Scheduler scheduler = Scheduler.of(SchedulerConfig.of(className, options));

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> scheduler.start(21))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_STEPS));
    }

    @Test
    void anOffsetThatLeavesTheTableIsRefused() {
        Scheduler scheduler =
                Scheduler.of(SchedulerConfig.of("DDIMScheduler", Map.of("num_train_timesteps", 10, "steps_offset", 1)));

        assertThat(scheduler.start(9).timestep(0)).isEqualTo(9);
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> scheduler.start(10));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -0.1, 1.1, Double.POSITIVE_INFINITY})
    void optionsOutOfRangeAreRefused(double value) {
        RunOptions options = RunOptions.steps(4);

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> options.withStrength(value))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> options.withEta(value));
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> options.withMu(value * 1000));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> options.withChurn(value * 1000, 0, 1, 1));
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> options.withSigmas(1, value));
    }

    @Test
    void stepsAndCountsOutOfRangeAreRefused() {
        RunOptions options = RunOptions.steps(4);

        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> options.withBeginStep(5));
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> options.withBeginStep(-1));
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> options.withBatch(0));
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> options.withSolverOrder(9));
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(options::withSigmas);
    }

    @Test
    void sigmasAreRefusedWhereTheyWouldBeIgnored() {
        RunOptions options = RunOptions.steps(2).withSigmas(1, 0.5);

        assertThat(scheduler("FlowMatchEulerDiscreteScheduler").start(options).sigmas())
                .containsExactly(1, 0.5f, 0);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> scheduler("EulerDiscreteScheduler").start(options));
    }

    @Test
    void dynamicShiftingNeedsItsShift() {
        Scheduler scheduler = Scheduler.of(
                SchedulerConfig.of("FlowMatchEulerDiscreteScheduler", Map.of("use_dynamic_shifting", true)));

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> scheduler.start(4))
                .withMessageContaining("mu");
        // The logarithm of 3 as shift: half noise becomes 3 * 0.5 / (1 + 2 * 0.5).
        RunOptions options = RunOptions.steps(2).withSigmas(1, 0.5).withMu(Math.log(3));
        assertThat(scheduler.start(options).sigmas()[1]).isCloseTo(0.75f, within(1e-6f));
    }

    @Test
    void theLaterOfStrengthAndBeginStepHolds() {
        Scheduler scheduler = scheduler("HeunDiscreteScheduler");

        assertThat(scheduler.start(RunOptions.steps(10).withStrength(0.5)).beginIndex())
                .isEqualTo(10);
        assertThat(scheduler
                        .start(RunOptions.steps(10).withStrength(0.5).withBeginStep(7))
                        .beginIndex())
                .isEqualTo(14);
        DenoisingRun nothingLeft = scheduler.start(RunOptions.steps(10).withStrength(0));
        assertThat(nothingLeft.beginIndex()).isEqualTo(nothingLeft.length());
    }

    @Test
    void callsMustFollowEachOther() {
        DenoisingRun run = scheduler("DDIMScheduler").start(2);
        float[] sample = new float[4];

        assertThatIllegalStateException().isThrownBy(() -> run.step(sample, 1, sample, NO_NOISE, sample));
        run.step(sample, 0, sample, NO_NOISE, sample);
        assertThatIllegalStateException().isThrownBy(() -> run.step(sample, 0, sample, NO_NOISE, sample));
        run.step(sample, 1, sample, NO_NOISE, sample);
        assertThatIllegalStateException().isThrownBy(() -> run.step(sample, 2, sample, NO_NOISE, sample));
    }

    @Test
    void arraysMustFitEachOther() {
        DenoisingRun run = scheduler("DDIMScheduler").start(RunOptions.steps(2).withBatch(2));
        float[] four = new float[4];
        float[] three = new float[3];

        assertThatIllegalArgumentException().isThrownBy(() -> run.step(three, 0, four, NO_NOISE, four));
        assertThatIllegalArgumentException().isThrownBy(() -> run.step(four, 0, four, NO_NOISE, three));
        assertThatIllegalArgumentException().isThrownBy(() -> run.step(three, 0, three, NO_NOISE, three));
        assertThatIllegalArgumentException().isThrownBy(() -> run.scaleModelInput(four, 0, three));
        assertThatIllegalArgumentException().isThrownBy(() -> run.addNoise(four, three, 0, four));
        run.step(four, 0, four, NO_NOISE, four);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run.step(new float[8], 1, new float[8], NO_NOISE, new float[8]));
    }

    @ParameterizedTest
    @MethodSource("classNames")
    void writingOverEitherInputChangesNothing(String className) {
        float[] separate = walk(scheduler(className), Aliasing.NONE);

        assertThat(walk(scheduler(className), Aliasing.SAMPLE)).isEqualTo(separate);
        assertThat(walk(scheduler(className), Aliasing.OUTPUT)).isEqualTo(separate);
    }

    private enum Aliasing {
        NONE,
        SAMPLE,
        OUTPUT
    }

    private static float[] walk(Scheduler scheduler, Aliasing aliasing) {
        DenoisingRun run = scheduler.start(6);
        Random random = new Random(3);
        NoiseSource noise = out -> fill(out, random);
        float[] sample = new float[12];
        fill(sample, random);
        for (int i = 0; i < run.length(); i++) {
            float[] output = new float[sample.length];
            run.scaleModelInput(sample, i, output);
            for (int j = 0; j < output.length; j++) {
                output[j] = 0.2f * output[j] + 0.1f;
            }
            float[] next = switch (aliasing) {
                case NONE -> new float[sample.length];
                case SAMPLE -> sample;
                case OUTPUT -> output;
            };
            run.step(output, i, sample, noise, next);
            sample = next;
        }
        return sample;
    }

    private static void fill(float[] out, Random random) {
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) random.nextGaussian();
        }
    }

    /** A network that knows the answer: whatever the method, a perfect noise prediction must lead to the clean sample. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "DDIMScheduler",
                "EulerDiscreteScheduler",
                "HeunDiscreteScheduler",
                "KDPM2DiscreteScheduler",
                "LMSDiscreteScheduler",
                "DPMSolverMultistepScheduler",
                "DPMSolverSinglestepScheduler",
                "UniPCMultistepScheduler"
            })
    void aPerfectPredictionLeadsToTheCleanSample(String className) {
        DenoisingRun run = Scheduler.of(SchedulerConfig.of(className, Map.of("clip_sample", false)))
                .start(10);
        float[] clean = {0.5f, -1.25f, 2};
        float[] noise = {1, -0.5f, 0.25f};
        float[] sample = new float[3];
        run.addNoise(clean, noise, 0, sample);

        for (int i = 0; i < run.length(); i++) {
            run.step(noise.clone(), i, sample, NO_NOISE, sample);
        }

        for (int i = 0; i < clean.length; i++) {
            assertThat(sample[i]).isCloseTo(clean[i], within(0.02f));
        }
    }

    @Test
    void oneSchedulerServesSeveralRunsAtOnce() {
        Scheduler scheduler = scheduler("DPMSolverMultistepScheduler");
        float[] alone = walk(scheduler, Aliasing.NONE);

        Stream.generate(() -> 0)
                .limit(16)
                .parallel()
                .forEach(ignored -> assertThat(walk(scheduler, Aliasing.SAMPLE)).isEqualTo(alone));
    }

    @Test
    void dynamicThresholdingLooksAtEachSampleAlone() {
        Scheduler scheduler = Scheduler.of(SchedulerConfig.of(
                "DPMSolverMultistepScheduler",
                Map.of(
                        "prediction_type",
                        "sample",
                        "thresholding",
                        true,
                        "dynamic_thresholding_ratio",
                        0.5,
                        "sample_max_value",
                        10)));
        DenoisingRun run = scheduler.start(RunOptions.steps(1).withBatch(2));
        float[] predicted = {1, 2, 4, 8, -8, 0.5f, 0.25f, -0.125f};

        // One step from the only level to zero gives the clean sample itself. The medians of the magnitudes are 3 and
        // 0.375;
        // thresholds are at least 1.
        float[] out = new float[8];
        run.step(predicted, 0, new float[8], NO_NOISE, out);

        assertThat(out).containsExactly(1 / 3f, 2 / 3f, 1, 1, -1, 0.5f, 0.25f, -0.125f);
    }
}
