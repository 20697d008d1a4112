package io.dreamprotocol.inference.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnsupportedException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SchedulerChoiceTest {

    private static final SchedulerConfig STABLE_DIFFUSION = SchedulerConfig.of(
            "PNDMScheduler",
            Map.of(
                    "num_train_timesteps",
                    1000,
                    "beta_start",
                    0.00085,
                    "beta_end",
                    0.012,
                    "beta_schedule",
                    "scaled_linear",
                    "prediction_type",
                    "v_prediction",
                    "steps_offset",
                    1,
                    "skip_prk_steps",
                    true));

    @ParameterizedTest
    @CsvSource({
        "DPM++ 2M Karras, dpmpp_2m_karras",
        "dpm++ 2m karras, dpmpp_2m_karras",
        "dpmpp-2m-karras, dpmpp_2m_karras",
        "k_dpmpp_2m, dpmpp_2m",
        "Euler a, euler_a",
        "k_euler_ancestral, euler_a",
        "EULER, euler",
        "Euler SGM Uniform, euler_sgm_uniform",
        "LMS Exponential, lms_exponential",
        "DDIM, ddim",
        "DPM2 a Karras, dpm2_a_karras",
        "UniPC, unipc",
        "PLMS, plms",
        "DPMSolverMultistepScheduler, DPMSolverMultistepScheduler",
        "FlowMatchEulerDiscreteScheduler, FlowMatchEulerDiscreteScheduler"
    })
    void namesOfAllThreeKindsAreKnown(String name, String id) {
        assertThat(SchedulerChoice.named(name).id()).isEqualTo(id);
    }

    @Test
    void everyChoiceIsFoundByEachOfItsNames() {
        for (SchedulerChoice choice : SchedulerChoice.all()) {
            assertThat(SchedulerChoice.named(choice.id())).isEqualTo(choice);
            assertThat(SchedulerChoice.named(choice.label())).isEqualTo(choice);
            for (String alias : choice.aliases()) {
                assertThat(SchedulerChoice.named(alias)).as(alias).isEqualTo(choice);
            }
        }
    }

    @Test
    void idsAndLabelsAreUnique() {
        Set<String> ids = new HashSet<>();
        Set<String> labels = new HashSet<>();
        for (SchedulerChoice choice : SchedulerChoice.all()) {
            assertThat(ids.add(choice.id())).as(choice.id()).isTrue();
            assertThat(labels.add(choice.label())).as(choice.label()).isTrue();
        }
    }

    @Test
    void everyChoiceForAnUsualModelMakesAScheduler() {
        SchedulerConfig epsilon = STABLE_DIFFUSION.with("prediction_type", "epsilon");
        for (SchedulerChoice choice : SchedulerChoice.all()) {
            if (!choice.className().startsWith("FlowMatch")
                    && !choice.className().startsWith("EDM")) {
                assertThat(Scheduler.of(choice.applyTo(epsilon)).start(8).length())
                        .as(choice.label())
                        .isBetween(8, 20);
            }
        }
    }

    @Test
    void theModelsOwnOptionsStay() {
        SchedulerConfig changed = SchedulerChoice.named("DPM++ 2M Karras").applyTo(STABLE_DIFFUSION);

        assertThat(changed.className()).isEqualTo("DPMSolverMultistepScheduler");
        assertThat(changed.predictionType()).contains("v_prediction");
        assertThat(changed.options())
                .containsEntry("beta_end", 0.012)
                .containsEntry("steps_offset", 1)
                .containsEntry("use_karras_sigmas", true)
                .containsEntry("algorithm_type", "dpmsolver++");
    }

    @Test
    void aNameWithoutScheduleSwitchesTheModelsScheduleOff() {
        SchedulerConfig karras =
                STABLE_DIFFUSION.withClassName("EulerDiscreteScheduler").with("use_karras_sigmas", true);

        assertThat(SchedulerChoice.named("Euler").applyTo(karras).options()).containsEntry("use_karras_sigmas", false);
        assertThat(SchedulerChoice.named("EulerDiscreteScheduler").applyTo(karras))
                .isEqualTo(karras);
    }

    @Test
    void samplerAndScheduleTypeAreTakenApart() {
        SchedulerChoice choice = SchedulerChoice.named("DPM++ 2M", "Karras");

        assertThat(choice.id()).isEqualTo("dpmpp_2m_karras");
        assertThat(choice.samplerLabel()).isEqualTo("DPM++ 2M");
        assertThat(choice.schedule()).contains(ScheduleType.KARRAS);
        assertThat(SchedulerChoice.named("DPM++ 2M", "Uniform").id()).isEqualTo("dpmpp_2m");
        assertThat(SchedulerChoice.named("Euler", "sgm_uniform").id()).isEqualTo("euler_sgm_uniform");
    }

    @Test
    void automaticScheduleIsWhatTheWebInterfaceTakes() {
        assertThat(SchedulerChoice.named("DPM++ 2M", "Automatic").id()).isEqualTo("dpmpp_2m_karras");
        assertThat(SchedulerChoice.named("DPM++ 2M SDE", "automatic").id()).isEqualTo("dpmpp_2m_sde_exponential");
        assertThat(SchedulerChoice.named("Euler a", "Automatic").id()).isEqualTo("euler_a");
        assertThat(SchedulerChoice.named("DPM++ 2M Exponential", "Automatic").id())
                .isEqualTo("dpmpp_2m_exponential");
    }

    @Test
    void unknownNameListsNearOnes() {
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> SchedulerChoice.named("DPM++ 2M Karas"))
                .withMessageContaining("DPM++ 2M Karras")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_SCHEDULER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "++", "euler\nancestral of another kind that is very long and then some more"})
    void unknownNamesGiveOneLine(String name) {
        assertThat(SchedulerChoice.find(name)).isEmpty();
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> SchedulerChoice.named(name))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250).doesNotContain("\n"));
    }

    @Test
    void aHugeNameIsRefusedQuickly() {
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> SchedulerChoice.named("e".repeat(100_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250));
    }

    @Test
    void aScheduleTypeThatTheSamplerCannotHaveIsRefused() {
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> SchedulerChoice.named("Euler a", "Karras"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> SchedulerChoice.named("Euler", "Align Your Steps"));
    }

    @Test
    void aSchedulerOfAnotherKindOfModelIsRefused() {
        SchedulerConfig flux = SchedulerConfig.of("FlowMatchEulerDiscreteScheduler", Map.of("shift", 3.0));

        assertThat(SchedulerChoice.named("DDIM").suits(flux)).isFalse();
        assertThat(SchedulerChoice.named("Flow Heun").suits(flux)).isTrue();
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> SchedulerChoice.named("DDIM").applyTo(flux));
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> SchedulerChoice.named("Flow Heun").applyTo(STABLE_DIFFUSION));
        assertThat(SchedulerChoice.named("Flow Heun").applyTo(flux).className())
                .isEqualTo("FlowMatchHeunDiscreteScheduler");
    }
}
