package io.dreamprotocol.inference.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SchedulerConfigTest {

    @Test
    void readsAClassAndItsOptions() {
        Map<String, @Nullable Object> json = new HashMap<>();
        json.put("_class_name", "DDIMScheduler");
        json.put("_diffusers_version", "0.30.0");
        json.put("trained_betas", null);
        json.put("steps_offset", 1);

        SchedulerConfig config = SchedulerConfig.of(json);

        assertThat(config.className()).isEqualTo("DDIMScheduler");
        assertThat(config.options()).containsOnlyKeys("_diffusers_version", "steps_offset");
        assertThat(Scheduler.of(config).config()).isSameAs(config);
    }

    @Test
    void doesNotFollowChangesOfItsSource() {
        List<Object> betas = new ArrayList<>(List.of(0.1, 0.2));
        Map<String, Object> json = new HashMap<>(Map.of("trained_betas", betas));
        SchedulerConfig config = SchedulerConfig.of("DDIMScheduler", json);

        betas.add("x");
        json.put("steps_offset", 7);

        assertThat(config.options()).containsOnly(Map.entry("trained_betas", List.of(0.1, 0.2)));
    }

    @Test
    void aChangeLeavesTheOriginal() {
        SchedulerConfig config = SchedulerConfig.of("DDIMScheduler", Map.of("steps_offset", 1));

        assertThat(config.with("steps_offset", 0)).isNotEqualTo(config);
        assertThat(config.with("steps_offset", 1)).isEqualTo(config).hasSameHashCodeAs(config);
        assertThat(config.options()).containsEntry("steps_offset", 1);
    }

    @Test
    void aMissingClassNameIsRefused() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> SchedulerConfig.of(Map.of("beta_start", 0.1)))
                .withMessageContaining("_class_name");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> SchedulerConfig.of(Map.of("_class_name", 5)));
    }

    @Test
    void anUnknownClassIsRefused() {
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> Scheduler.of(SchedulerConfig.of("RePaintScheduler", Map.of())))
                .withMessageContaining("RePaintScheduler")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_SCHEDULER));
    }

    static Stream<Arguments> wrongOptions() {
        return Stream.of(
                Arguments.of("DDIMScheduler", "num_train_timesteps", 0),
                Arguments.of("DDIMScheduler", "num_train_timesteps", -5),
                Arguments.of("DDIMScheduler", "num_train_timesteps", 1_000_000_000),
                Arguments.of("DDIMScheduler", "num_train_timesteps", 10.5),
                Arguments.of("DDIMScheduler", "num_train_timesteps", "1000"),
                Arguments.of("DDIMScheduler", "beta_start", Double.NaN),
                Arguments.of("DDIMScheduler", "beta_start", 0),
                Arguments.of("DDIMScheduler", "beta_end", 2),
                Arguments.of("DDIMScheduler", "beta_schedule", "quadratic"),
                Arguments.of("DDIMScheduler", "beta_schedule", true),
                Arguments.of("DDIMScheduler", "trained_betas", List.of()),
                Arguments.of("DDIMScheduler", "trained_betas", List.of(0.1, 0.2)),
                Arguments.of("DDIMScheduler", "trained_betas", "many"),
                Arguments.of("DDIMScheduler", "prediction_type", "flow_prediction"),
                Arguments.of("DDIMScheduler", "timestep_spacing", "random"),
                Arguments.of("DDIMScheduler", "clip_sample", "yes"),
                Arguments.of("DDIMScheduler", "steps_offset", 1_000_000),
                Arguments.of("DDPMScheduler", "variance_type", "learned_range"),
                Arguments.of("EulerDiscreteScheduler", "sigma_min", 0),
                Arguments.of("EulerDiscreteScheduler", "sigma_max", Double.POSITIVE_INFINITY),
                Arguments.of("EulerDiscreteScheduler", "interpolation_type", "cubic"),
                Arguments.of("EulerAncestralDiscreteScheduler", "prediction_type", "sample"),
                Arguments.of("DPMSolverMultistepScheduler", "solver_order", 4),
                Arguments.of("DPMSolverMultistepScheduler", "algorithm_type", "dpmsolver"),
                Arguments.of("DPMSolverMultistepScheduler", "algorithm_type", "magic"),
                Arguments.of("DPMSolverMultistepScheduler", "final_sigmas_type", "one"),
                Arguments.of("DPMSolverSinglestepScheduler", "solver_type", "euler"),
                Arguments.of("UniPCMultistepScheduler", "shift_terminal", 0.1),
                Arguments.of("UniPCMultistepScheduler", "disable_corrector", List.of("first")),
                Arguments.of("LCMScheduler", "original_inference_steps", 0),
                Arguments.of("LCMScheduler", "original_inference_steps", 2000),
                Arguments.of("EDMEulerScheduler", "sigma_max", 0.0001),
                Arguments.of("FlowMatchEulerDiscreteScheduler", "shift", -1));
    }

    @ParameterizedTest
    @MethodSource("wrongOptions")
    void aWrongValueIsNamed(String className, String option, Object value) {
        SchedulerConfig config = SchedulerConfig.of(className, Map.of(option, value));

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Scheduler.of(config))
                .withMessageContaining(className)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250).doesNotContain("\n"));
    }

    @Test
    void twoSigmaSchedulesAtOnceAreRefused() {
        SchedulerConfig config = SchedulerConfig.of(
                "EulerDiscreteScheduler", Map.of("use_karras_sigmas", true, "use_beta_sigmas", true));

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Scheduler.of(config))
                .withMessageContaining("use_karras_sigmas");
    }

    @Test
    void minusInfinityAsTextIsANumber() {
        SchedulerConfig config =
                SchedulerConfig.of("DPMSolverMultistepScheduler", Map.of("lambda_min_clipped", "-Infinity"));

        assertThat(Scheduler.of(config).start(4).length()).isEqualTo(4);
    }
}
