package io.dreamprotocol.inference.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.inference.diffusion.GoldenFiles;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every configuration of the golden data: tables, trajectories from noise and from an image, rejected step counts. */
final class SchedulerGoldenTest {

    private static final String FOLDER = "schedulers/";
    private static final double SIGMA_TOLERANCE = 1e-5;
    private static final double ALPHA_TOLERANCE = 2e-7;
    private static final double FRACTION_TOLERANCE = 1e-3;
    private static final double SAMPLE_TOLERANCE = 1e-4;

    private final float[] latent = array("input_latent.npy");
    private final float[] image = array("input_image.npy");
    private final float[] imageNoise = array("input_noise.npy");
    private final float[] draws = array("generator_noise.npy");

    @TestFactory
    Stream<DynamicContainer> everyConfiguration() {
        List<Map<String, Object>> cases = GoldenFiles.objects(GoldenFiles.json(FOLDER + "index.json"), "cases");
        assertThat(cases).isNotEmpty();
        return cases.stream().map(entry -> {
            String name = (String) Objects.requireNonNull(entry.get("name"));
            Map<String, Object> golden = GoldenFiles.json(FOLDER + name + ".json");
            List<DynamicTest> tests = new ArrayList<>();
            if (golden.containsKey("alphas_cumprod")) {
                tests.add(DynamicTest.dynamicTest("keeps the share of signal", () -> checkAlphas(golden)));
            }
            for (Map<String, Object> table : GoldenFiles.objects(golden, "tables")) {
                tests.add(DynamicTest.dynamicTest(
                        "lists timesteps of " + table.get("steps") + " steps", () -> checkTable(golden, table)));
            }
            List<Object> nonFinite = GoldenFiles.list(entry, "nonfinite");
            for (Map<String, Object> trajectory : GoldenFiles.objects(golden, "trajectories")) {
                if (nonFinite.contains(trajectory.get("steps"))) {
                    continue;
                }
                tests.add(DynamicTest.dynamicTest(
                        "walks " + trajectory.get("steps") + " steps", () -> checkTrajectory(golden, trajectory)));
                if (!trajectory.containsKey("error")) {
                    tests.add(DynamicTest.dynamicTest(
                            "goes on from each of " + trajectory.get("steps") + " steps",
                            () -> checkResuming(golden, options(golden, steps(trajectory)))));
                }
            }
            for (Map<String, Object> fromImage : GoldenFiles.objects(golden, "img2img")) {
                tests.add(DynamicTest.dynamicTest(
                        "walks " + fromImage.get("steps") + " steps with strength " + fromImage.get("strength"),
                        () -> checkImageToImage(golden, fromImage)));
                if (!fromImage.containsKey("error")) {
                    tests.add(DynamicTest.dynamicTest(
                            "goes on from each of " + fromImage.get("steps") + " steps with strength "
                                    + fromImage.get("strength"),
                            () -> checkResuming(
                                    golden,
                                    options(golden, steps(fromImage))
                                            .withStrength(number(fromImage, "strength", Double.NaN)))));
                }
            }
            return DynamicContainer.dynamicContainer(name, tests);
        });
    }

    private static SchedulerConfig config(Map<String, Object> golden) {
        return SchedulerConfig.of((String) Objects.requireNonNull(golden.get("class")), object(golden, "config"));
    }

    private static Scheduler scheduler(Map<String, Object> golden) {
        return Scheduler.of(config(golden));
    }

    private static RunOptions options(Map<String, Object> golden, int steps) {
        RunOptions options = RunOptions.steps(steps);
        if (Boolean.TRUE.equals(golden.get("flux_sigmas"))) {
            double[] sigmas = new double[steps];
            for (int i = 0; i < steps; i++) {
                sigmas[i] = steps == 1 ? 1 : 1 - i * ((1 - 1.0 / steps) / (steps - 1));
            }
            options = options.withSigmas(sigmas);
        }
        if (golden.get("mu") instanceof Number mu) {
            options = options.withMu(mu.doubleValue());
        }
        Map<String, Object> arguments = object(golden, "step_kwargs");
        for (Map.Entry<String, Object> argument : arguments.entrySet()) {
            double value = ((Number) argument.getValue()).doubleValue();
            options = switch (argument.getKey()) {
                case "eta" -> options.withEta(value);
                case "order" -> options.withSolverOrder((int) value);
                case "s_churn", "s_tmin", "s_tmax", "s_noise" ->
                    options.withChurn(
                            number(arguments, "s_churn", 0),
                            number(arguments, "s_tmin", 0),
                            number(arguments, "s_tmax", Double.POSITIVE_INFINITY),
                            number(arguments, "s_noise", 1));
                default -> throw new AssertionError("unknown argument of a step: " + argument);
            };
        }
        return options;
    }

    private static void checkAlphas(Map<String, Object> golden) {
        NoiseTable exact = NoiseTable.rescalable(config(golden), NoiseTable.Defaults.DDPM);
        NoiseTable finite = NoiseTable.rescalableFinite(config(golden), NoiseTable.Defaults.DDPM);
        object(golden, "alphas_cumprod").forEach((timestep, alpha) -> {
            double expected = ((Number) alpha).doubleValue();
            int index = Integer.parseInt(timestep);
            assertThat(List.of(exact.alphaCumprod(index), finite.alphaCumprod(index)))
                    .as("at timestep %s", timestep)
                    .anySatisfy(actual -> assertThat((double) actual).isCloseTo(expected, within(ALPHA_TOLERANCE)));
        });
    }

    private static void checkTable(Map<String, Object> golden, Map<String, Object> table) {
        RunOptions options = options(golden, steps(table));
        Scheduler scheduler = scheduler(golden);
        if (table.containsKey("error")) {
            assertThatExceptionOfType(DreamException.class).isThrownBy(() -> scheduler.start(options));
            return;
        }
        DenoisingRun run = scheduler.start(options);
        assertTimesteps(golden, run.timesteps(), GoldenFiles.numbers(table, "timesteps"));
        double[] sigmas = table.containsKey("sigmas") ? GoldenFiles.numbers(table, "sigmas") : new double[0];
        float[] actual = run.sigmas();
        assertThat(actual).hasSameSizeAs(sigmas);
        for (int i = 0; i < sigmas.length; i++) {
            assertThat((double) actual[i])
                    .as("noise level %d", i)
                    .isCloseTo(sigmas[i], within(SIGMA_TOLERANCE * Math.abs(sigmas[i])));
        }
        double initial = number(table, "init_noise_sigma", Double.NaN);
        assertThat((double) run.initNoiseSigma()).isCloseTo(initial, within(SIGMA_TOLERANCE * initial));
        assertThat(run.order()).isEqualTo((int) number(table, "order", 1));
    }

    private static void assertTimesteps(Map<String, Object> golden, double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double tolerance = listsWholeTimesteps(golden) ? 0 : FRACTION_TOLERANCE;
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("timestep %d", i).isCloseTo(expected[i], within(tolerance));
        }
    }

    private static boolean listsWholeTimesteps(Map<String, Object> golden) {
        return GoldenFiles.objects(golden, "tables").stream()
                .filter(table -> table.containsKey("timesteps"))
                .flatMapToDouble(table -> Arrays.stream(GoldenFiles.numbers(table, "timesteps")))
                .allMatch(timestep -> timestep == Math.rint(timestep));
    }

    private void checkTrajectory(Map<String, Object> golden, Map<String, Object> trajectory) {
        RunOptions options = options(golden, steps(trajectory));
        Scheduler scheduler = scheduler(golden);
        if (trajectory.containsKey("error")) {
            assertThatExceptionOfType(DreamException.class).isThrownBy(() -> scheduler.start(options));
            return;
        }
        DenoisingRun run = scheduler.start(options);
        RecordedNoise noise = new RecordedNoise();
        float[] sample = latent.clone();
        for (int i = 0; i < sample.length; i++) {
            sample[i] *= run.initNoiseSigma();
        }
        float[] input = new float[sample.length];
        List<Map<String, Object>> rows = GoldenFiles.objects(trajectory, "per_step");
        assertThat(run.length()).isEqualTo(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            Map<String, Object> row = rows.get(i);
            int drawnBefore = noise.drawn;
            run.scaleModelInput(sample, i, input);
            if (row.containsKey("scaled_input_first2")) {
                assertSamples("input of step " + i, input, GoldenFiles.numbers(row, "scaled_input_first2"), input);
            }
            run.step(modelOutput(input, run.timestep(i)), i, sample, noise, sample);
            assertThat(run.timestep(i)).isCloseTo(number(row, "t", Double.NaN), within(FRACTION_TOLERANCE));
            assertStatistics("step " + i, sample, row);
            assertThat(noise.drawnSince(drawnBefore))
                    .as("noise of step %d", i)
                    .containsExactly(
                            row.containsKey("noise_draws") ? GoldenFiles.integers(row, "noise_draws") : new int[0]);
        }
        assertSamples("the end", sample, GoldenFiles.numbers(trajectory, "final"), sample);
        assertThat(noise.drawn).isEqualTo((int) number(trajectory, "noise_draw_count", 0));
    }

    private void checkImageToImage(Map<String, Object> golden, Map<String, Object> fromImage) {
        RunOptions options = options(golden, steps(fromImage)).withStrength(number(fromImage, "strength", Double.NaN));
        Scheduler scheduler = scheduler(golden);
        if (fromImage.containsKey("error")) {
            assertThatExceptionOfType(DreamException.class).isThrownBy(() -> scheduler.start(options));
            return;
        }
        DenoisingRun run = scheduler.start(options);
        assertThat(run.beginIndex()).isEqualTo((int) number(fromImage, "start_index", -1));
        double[] left = Arrays.copyOfRange(run.timesteps(), run.beginIndex(), run.length());
        assertTimesteps(golden, left, GoldenFiles.numbers(fromImage, "timesteps"));

        float[] sample = new float[image.length];
        run.addNoise(image, imageNoise, run.beginIndex(), sample);
        assertStatistics("the noisy image", sample, object(fromImage, "noised"));
        RecordedNoise noise = new RecordedNoise();
        float[] input = new float[sample.length];
        for (int i = run.beginIndex(); i < run.length(); i++) {
            run.scaleModelInput(sample, i, input);
            run.step(modelOutput(input, run.timestep(i)), i, sample, noise, sample);
        }
        assertStatistics("the end", sample, object(fromImage, "final"));
    }

    /** One step made anew from what it began with and what was remembered gives the very same sample and memory. */
    private void checkResuming(Map<String, Object> golden, RunOptions options) {
        Scheduler scheduler = scheduler(golden);
        DenoisingRun run = scheduler.start(options);
        RecordedNoise noise = new RecordedNoise();
        float[] sample = latent.clone();
        float[] input = new float[sample.length];
        for (int i = run.beginIndex(); i < run.length(); i++) {
            float[] before = sample.clone();
            List<float[]> history = run.history();
            run.scaleModelInput(sample, i, input);
            run.step(modelOutput(input, run.timestep(i)), i, sample, noise, sample);

            DenoisingRun again = scheduler.start(options);
            RecordedNoise noiseAgain = new RecordedNoise();
            again.resume(i, before.length, history, noiseAgain);
            again.scaleModelInput(before, i, input);
            again.step(modelOutput(input, again.timestep(i)), i, before, noiseAgain, before);
            assertThat(before).as("after step %d", i).isEqualTo(sample);
            assertThat(again.history())
                    .as("memory of step %d", i)
                    .usingElementComparator(Arrays::compare)
                    .isEqualTo(run.history());
            assertThat(noiseAgain.drawn).isEqualTo(noise.drawn);
        }
        assertThat(run.history()).isEmpty();
    }

    private static float[] modelOutput(float[] input, double timestep) {
        float shift = (float) (0.1 * Math.sin(timestep / 100));
        float[] output = new float[input.length];
        for (int i = 0; i < output.length; i++) {
            output[i] = 0.3f * input[i] + shift;
        }
        return output;
    }

    private static void assertStatistics(String what, float[] sample, Map<String, Object> expected) {
        assertSamples(what, sample, GoldenFiles.numbers(expected, "first8"), sample);
        double mean = 0;
        for (float value : sample) {
            mean += value / (double) sample.length;
        }
        double variance = 0;
        for (float value : sample) {
            variance += (value - mean) * (value - mean) / sample.length;
        }
        double tolerance = sampleTolerance(sample);
        assertThat(mean).as("mean after %s", what).isCloseTo(number(expected, "mean", Double.NaN), within(tolerance));
        assertThat(Math.sqrt(variance))
                .as("deviation after %s", what)
                .isCloseTo(number(expected, "std", Double.NaN), within(tolerance));
    }

    private static void assertSamples(String what, float[] actual, double[] expected, float[] whole) {
        double tolerance = sampleTolerance(whole);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("element %d after %s", i, what).isCloseTo(expected[i], within(tolerance));
        }
    }

    private static double sampleTolerance(float[] sample) {
        double largest = 1;
        for (float value : sample) {
            largest = Math.max(largest, Math.abs(value));
        }
        return SAMPLE_TOLERANCE * largest;
    }

    private static int steps(Map<String, Object> entry) {
        return (int) number(entry, "steps", Double.NaN);
    }

    private static double number(Map<String, Object> object, String key, double absent) {
        return object.get(key) instanceof Number number ? number.doubleValue() : absent;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Map<String, Object> parent, String key) {
        return (Map<String, Object>) Objects.requireNonNull(parent.get(key), key);
    }

    private static float[] array(String name) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(GoldenFiles.path(FOLDER + name)))
                    .order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = bytes.getShort(8);
            String header = new String(bytes.array(), 10, headerLength, StandardCharsets.US_ASCII);
            assertThat(header).contains("'<f4'").contains("'fortran_order': False");
            bytes.position(10 + headerLength);
            float[] values = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(values);
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The recorded draws, one after the other. */
    private final class RecordedNoise implements NoiseSource {

        private int drawn;

        @Override
        public void fill(float[] out) {
            System.arraycopy(draws, drawn * out.length, out, 0, out.length);
            drawn++;
        }

        private int[] drawnSince(int before) {
            int[] indices = new int[drawn - before];
            Arrays.setAll(indices, i -> before + i);
            return indices;
        }
    }
}
