package io.dreamprotocol.inference.diffusion.scheduler;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The catalogue of methods: names, and the class and options in diffusers that each name stands for. */
@SuppressWarnings("ImmutableEnumChecker") // The collections are unmodifiable.
enum Sampler {
    EULER("euler", "Euler", "EulerDiscreteScheduler", Map.of(), Schedules.ANY, ScheduleType.UNIFORM, "k_euler"),
    EULER_A(
            "euler_a",
            "Euler a",
            "EulerAncestralDiscreteScheduler",
            Map.of(),
            Schedules.SPACINGS,
            ScheduleType.UNIFORM,
            "euler_ancestral",
            "k_euler_a",
            "k_euler_ancestral"),
    DPMPP_2M(
            "dpmpp_2m",
            "DPM++ 2M",
            "DPMSolverMultistepScheduler",
            Options.multistep("dpmsolver++", 2, "midpoint"),
            Schedules.ANY,
            ScheduleType.KARRAS,
            "k_dpmpp_2m"),
    DPMPP_2M_SDE(
            "dpmpp_2m_sde",
            "DPM++ 2M SDE",
            "DPMSolverMultistepScheduler",
            Options.multistep("sde-dpmsolver++", 2, "midpoint"),
            Schedules.ANY,
            ScheduleType.EXPONENTIAL,
            "k_dpmpp_2m_sde"),
    DPMPP_2M_SDE_HEUN(
            "dpmpp_2m_sde_heun",
            "DPM++ 2M SDE Heun",
            "DPMSolverMultistepScheduler",
            Options.multistep("sde-dpmsolver++", 2, "heun"),
            Schedules.ANY,
            ScheduleType.EXPONENTIAL,
            "k_dpmpp_2m_sde_heun"),
    DPMPP_3M(
            "dpmpp_3m",
            "DPM++ 3M",
            "DPMSolverMultistepScheduler",
            Options.multistep("dpmsolver++", 3, "midpoint"),
            Schedules.ANY,
            ScheduleType.KARRAS),
    DPMPP_3M_SDE(
            "dpmpp_3m_sde",
            "DPM++ 3M SDE",
            "DPMSolverMultistepScheduler",
            Options.multistep("sde-dpmsolver++", 3, "midpoint"),
            Schedules.ANY,
            ScheduleType.EXPONENTIAL,
            "k_dpmpp_3m_sde"),
    DPMPP_2S(
            "dpmpp_2s",
            "DPM++ 2S",
            "DPMSolverSinglestepScheduler",
            Options.singlestep("dpmsolver++", 2),
            Schedules.SIGMAS,
            ScheduleType.KARRAS),
    DPMPP_3S(
            "dpmpp_3s",
            "DPM++ 3S",
            "DPMSolverSinglestepScheduler",
            Options.singlestep("dpmsolver++", 3),
            Schedules.SIGMAS,
            ScheduleType.KARRAS),
    DPMPP_SDE(
            "dpmpp_sde",
            "DPM++ SDE",
            "DPMSolverSinglestepScheduler",
            Options.singlestep("sde-dpmsolver++", 2),
            Schedules.SIGMAS,
            ScheduleType.KARRAS,
            "k_dpmpp_sde",
            "dpmpp_2s_sde"),
    DPMPP_2S_A(
            "dpmpp_2s_a",
            "DPM++ 2S a",
            "DPMPP2SAncestralScheduler",
            Map.of(),
            Schedules.ANY,
            ScheduleType.KARRAS,
            "k_dpmpp_2s_a",
            "dpmpp_2s_ancestral",
            "k_dpmpp_2s_ancestral"),
    RESTART("restart", "Restart", "RestartScheduler", Map.of(), Schedules.ANY, ScheduleType.KARRAS),
    DPM_FAST("dpm_fast", "DPM fast", "DPMFastScheduler", Map.of(), Schedules.FIXED, ScheduleType.UNIFORM, "k_dpm_fast"),
    DPM2("dpm2", "DPM2", "KDPM2DiscreteScheduler", Map.of(), Schedules.ANY, ScheduleType.KARRAS, "k_dpm_2", "kdpm2"),
    DPM2_A(
            "dpm2_a",
            "DPM2 a",
            "KDPM2AncestralDiscreteScheduler",
            Map.of(),
            Schedules.ANY,
            ScheduleType.KARRAS,
            "k_dpm_2_a",
            "k_dpm_2_ancestral",
            "dpm2_ancestral",
            "kdpm2_a"),
    HEUN("heun", "Heun", "HeunDiscreteScheduler", Map.of(), Schedules.ANY, ScheduleType.UNIFORM, "k_heun"),
    LMS("lms", "LMS", "LMSDiscreteScheduler", Map.of(), Schedules.ANY, ScheduleType.UNIFORM, "k_lms"),
    DDIM("ddim", "DDIM", "DDIMScheduler", Map.of(), Schedules.SPACINGS, ScheduleType.UNIFORM),
    DDPM("ddpm", "DDPM", "DDPMScheduler", Map.of(), Schedules.SPACINGS, ScheduleType.UNIFORM),
    PLMS("plms", "PLMS", "PNDMScheduler", Map.of("skip_prk_steps", true), Schedules.SPACINGS, ScheduleType.UNIFORM),
    PNDM("pndm", "PNDM", "PNDMScheduler", Map.of(), Schedules.SPACINGS, ScheduleType.UNIFORM),
    UNIPC(
            "unipc",
            "UniPC",
            "UniPCMultistepScheduler",
            Map.of("solver_type", "bh2", "predict_x0", true),
            Schedules.ANY,
            ScheduleType.UNIFORM),
    DEIS(
            "deis",
            "DEIS",
            "DEISMultistepScheduler",
            Map.of("algorithm_type", "deis", "solver_type", "logrho"),
            Schedules.ANY,
            ScheduleType.UNIFORM),
    LCM("lcm", "LCM", "LCMScheduler", Map.of(), Schedules.FIXED, ScheduleType.UNIFORM),
    TCD("tcd", "TCD", "TCDScheduler", Map.of(), Schedules.FIXED, ScheduleType.UNIFORM),
    EDM_EULER("edm_euler", "EDM Euler", "EDMEulerScheduler", Map.of(), Schedules.FIXED, ScheduleType.UNIFORM),
    EDM_DPMPP_2M(
            "edm_dpmpp_2m",
            "EDM DPM++ 2M",
            "EDMDPMSolverMultistepScheduler",
            Options.multistep("dpmsolver++", 2, "midpoint"),
            Schedules.FIXED,
            ScheduleType.UNIFORM),
    FLOW_EULER(
            "flow_euler",
            "Flow Euler",
            "FlowMatchEulerDiscreteScheduler",
            Map.of(),
            Schedules.SIGMAS,
            ScheduleType.UNIFORM),
    FLOW_HEUN(
            "flow_heun",
            "Flow Heun",
            "FlowMatchHeunDiscreteScheduler",
            Map.of(),
            Schedules.FIXED,
            ScheduleType.UNIFORM);

    private final String id;
    private final String label;
    private final String className;
    private final Map<String, Object> options;
    private final Schedules schedules;
    private final ScheduleType automatic;
    private final List<String> aliases;

    /** Which schedule types a class takes. */
    private enum Schedules {
        FIXED(EnumSet.of(ScheduleType.UNIFORM)),
        SPACINGS(EnumSet.of(ScheduleType.UNIFORM, ScheduleType.SGM_UNIFORM)),
        SIGMAS(EnumSet.complementOf(EnumSet.of(ScheduleType.SGM_UNIFORM))),
        ANY(EnumSet.allOf(ScheduleType.class));

        private final Set<ScheduleType> types;

        Schedules(Set<ScheduleType> types) {
            this.types = Collections.unmodifiableSet(types);
        }
    }

    private static final class Options {

        static Map<String, Object> multistep(String algorithm, int order, String solver) {
            return Map.of(
                    "algorithm_type", algorithm, "solver_order", order, "solver_type", solver, "use_lu_lambdas", false);
        }

        static Map<String, Object> singlestep(String algorithm, int order) {
            return Map.of("algorithm_type", algorithm, "solver_order", order, "solver_type", "midpoint");
        }
    }

    Sampler(
            String id,
            String label,
            String className,
            Map<String, Object> options,
            Schedules schedules,
            ScheduleType automatic,
            String... aliases) {
        this.id = id;
        this.label = label;
        this.className = className;
        this.options = options;
        this.schedules = schedules;
        this.automatic = automatic;
        this.aliases = List.of(aliases);
    }

    String id() {
        return id;
    }

    String label() {
        return label;
    }

    String className() {
        return className;
    }

    /** The options that the name stands for. */
    Map<String, Object> options() {
        return options;
    }

    /** The schedule types that this method can have. */
    Set<ScheduleType> schedules() {
        return schedules.types;
    }

    /** The schedule type that AUTOMATIC1111 takes unless asked for another. */
    ScheduleType automatic() {
        return automatic;
    }

    List<String> aliases() {
        return aliases;
    }
}
