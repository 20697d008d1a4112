package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.inference.diffusion.scheduler.DenoisingRun;
import io.dreamprotocol.inference.diffusion.scheduler.RunOptions;
import io.dreamprotocol.inference.diffusion.scheduler.Scheduler;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FinishedEstimateTest {
    private static final float CLEAN = 0.8f;
    private static final float NOISE = -1.3f;

    @ParameterizedTest
    @CsvSource({
        "EulerDiscreteScheduler, epsilon",
        "EulerDiscreteScheduler, v_prediction",
        "EulerAncestralDiscreteScheduler, epsilon",
        "DDIMScheduler, epsilon",
        "DDIMScheduler, v_prediction",
        "DDIMScheduler, sample",
        "DPMSolverMultistepScheduler, epsilon",
        "DPMSolverMultistepScheduler, v_prediction",
        "PNDMScheduler, epsilon",
        "LCMScheduler, epsilon",
        "FlowMatchEulerDiscreteScheduler, ",
    })
    void aTruePredictionTellsTheCleanSampleAtEveryCall(String className, String predicts) {
        SchedulerConfig config = SchedulerConfig.of(
                className,
                predicts == null ? Map.of() : Map.of("prediction_type", predicts, "beta_schedule", "linear"));
        int calls = Scheduler.of(config).start(RunOptions.steps(5)).length();
        for (int i = 0; i < calls; i++) {
            DenoisingRun run = Scheduler.of(config).start(RunOptions.steps(5));
            float[] scaled = new float[1];
            run.addNoise(new float[] {CLEAN}, new float[] {NOISE}, i, scaled);
            run.scaleModelInput(scaled, i, scaled);
            float[] estimate = new float[1];

            assertThat(FinishedEstimate.of(run, i, config, scaled, prediction(run, i, predicts), estimate))
                    .isTrue();

            assertThat(estimate[0]).as("call %s", i).isCloseTo(CLEAN, within(1e-3f));
        }
    }

    @Test
    void preconditionedMethodsGiveNone() {
        SchedulerConfig config = SchedulerConfig.of("EDMEulerScheduler", Map.of());
        DenoisingRun run = Scheduler.of(config).start(RunOptions.steps(5));

        assertThat(FinishedEstimate.of(run, 0, config, new float[1], new float[1], new float[1]))
                .isFalse();
    }

    /** What a perfect network predicts, by the definitions of the prediction types. */
    private static float[] prediction(DenoisingRun run, int index, String predicts) {
        if (predicts == null) {
            return new float[] {NOISE - CLEAN};
        }
        return switch (predicts) {
            case "epsilon" -> new float[] {NOISE};
            case "sample" -> new float[] {CLEAN};
            default -> {
                float[] weights = new float[2];
                run.addNoise(new float[] {1, 0}, new float[] {0, 1}, index, weights);
                double length = Math.hypot(weights[0], weights[1]);
                yield new float[] {(float) ((weights[0] * NOISE - weights[1] * CLEAN) / length)};
            }
        };
    }
}
