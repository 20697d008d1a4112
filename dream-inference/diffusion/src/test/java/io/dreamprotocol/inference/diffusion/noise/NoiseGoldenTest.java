package io.dreamprotocol.inference.diffusion.noise;

import static io.dreamprotocol.inference.diffusion.GoldenFiles.json;
import static io.dreamprotocol.inference.diffusion.GoldenFiles.list;
import static io.dreamprotocol.inference.diffusion.GoldenFiles.numbers;
import static io.dreamprotocol.inference.diffusion.GoldenFiles.objects;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NoiseGoldenTest {
    private static final double TORCH_TOLERANCE = 2e-6;
    private static final double NUMPY_RELATIVE_TOLERANCE = 1e-15;

    @Test
    void theTwisterGivesTheWordsOfMt19937() {
        for (Map<String, Object> row : objects(json("rng/torch_cpu_randn.json"), "mt19937")) {
            MersenneTwister twister = new MersenneTwister((int) seed(row));
            List<Long> words = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                words.add(Integer.toUnsignedLong(twister.next()));
            }
            assertThat(words).as("seed %s", row.get("seed")).isEqualTo(longs(list(row, "uint32_first8")));
        }
    }

    @Test
    void cpuNoiseEqualsTorch() {
        for (Map<String, Object> row : objects(json("rng/torch_cpu_randn.json"), "rows")) {
            compare(NoiseKind.CPU.source(seed(row)), row);
        }
    }

    @Test
    void philoxGivesTheWordsOfRandom123() {
        for (Map<String, Object> row : objects(json("rng/cuda_philox_randn.json"), "words")) {
            assertThat(CudaPhiloxNoise.firstWords(seed(row), 0, 0))
                    .as("seed %s", row.get("seed"))
                    .isEqualTo(firstTwo(list(row, "block_offset0_index0")));
            assertThat(CudaPhiloxNoise.firstWords(seed(row), 1, 1))
                    .as("seed %s", row.get("seed"))
                    .isEqualTo(firstTwo(list(row, "block_offset1_index1")));
        }
    }

    @Test
    void gpuNoiseEqualsCuda() {
        for (Map<String, Object> row : objects(json("rng/cuda_philox_randn.json"), "rows")) {
            compare(NoiseKind.GPU.source(seed(row)), row);
        }
    }

    @Test
    void numpyNoiseEqualsRandomState() {
        for (Map<String, Object> row : objects(json("rng/numpy_randomstate_randn.json"), "rows")) {
            NumpyNoise noise = new NumpyNoise((int) seed(row));
            NoiseSource rounded = NoiseKind.NUMPY.source(seed(row));
            for (Map<String, Object> call : objects(row, "calls")) {
                double[] values = new double[size(call)];
                float[] floats = new float[values.length];
                for (int i = 0; i < values.length; i++) {
                    values[i] = noise.next();
                }
                rounded.fill(floats);
                for (Expected expected : expected(call)) {
                    assertThat(values[expected.index()])
                            .as("seed %s, size %d, value %d", row.get("seed"), values.length, expected.index())
                            .isCloseTo(expected.value(), within(Math.abs(expected.value()) * NUMPY_RELATIVE_TOLERANCE));
                    assertThat(floats[expected.index()]).isEqualTo((float) values[expected.index()]);
                }
            }
        }
    }

    private static void compare(NoiseSource source, Map<String, Object> row) {
        for (Map<String, Object> call : objects(row, "calls")) {
            float[] values = new float[size(call)];
            source.fill(values);
            for (Expected expected : expected(call)) {
                assertThat((double) values[expected.index()])
                        .as("seed %s, size %d, value %d", row.get("seed"), values.length, expected.index())
                        .isCloseTo(expected.value(), within(TORCH_TOLERANCE));
            }
        }
    }

    private record Expected(int index, double value) {}

    private static List<Expected> expected(Map<String, Object> call) {
        List<Expected> all = new ArrayList<>();
        double[] first = numbers(call, "first");
        for (int i = 0; i < first.length; i++) {
            all.add(new Expected(i, first[i]));
        }
        if (call.containsKey("last16")) {
            double[] last = numbers(call, "last16");
            for (int i = 0; i < last.length; i++) {
                all.add(new Expected(size(call) - last.length + i, last[i]));
            }
        }
        return all;
    }

    private static long seed(Map<String, Object> row) {
        return Long.parseLong((String) row.get("seed"));
    }

    private static int size(Map<String, Object> call) {
        return ((Number) call.get("size")).intValue();
    }

    private static long firstTwo(List<Object> words) {
        long[] values = longs(words).stream().mapToLong(Long::longValue).toArray();
        assertThat(Arrays.stream(values)).allMatch(word -> word >>> 32 == 0);
        return values[0] << 32 | values[1];
    }

    private static List<Long> longs(List<Object> values) {
        return values.stream().map(value -> ((Number) value).longValue()).toList();
    }
}
