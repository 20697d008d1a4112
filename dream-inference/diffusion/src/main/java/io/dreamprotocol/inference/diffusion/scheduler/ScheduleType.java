package io.dreamprotocol.inference.diffusion.scheduler;

import java.util.Map;

/** How a run's noise levels are laid out, by the names that AUTOMATIC1111 gives "schedule types". */
@SuppressWarnings("ImmutableEnumChecker") // The collections are unmodifiable.
public enum ScheduleType {
    /** The model's own levels at its own timestep spacing. */
    UNIFORM(
            "uniform",
            "Uniform",
            Map.of("use_karras_sigmas", false, "use_exponential_sigmas", false, "use_beta_sigmas", false)),
    /** Dense near the clean end, equation 5 of <a href="https://arxiv.org/abs/2206.00364">2206.00364</a>. */
    KARRAS(
            "karras",
            "Karras",
            Map.of("use_karras_sigmas", true, "use_exponential_sigmas", false, "use_beta_sigmas", false)),
    /** Evenly spaced logarithms. */
    EXPONENTIAL(
            "exponential",
            "Exponential",
            Map.of("use_karras_sigmas", false, "use_exponential_sigmas", true, "use_beta_sigmas", false)),
    /** Quantiles of a beta distribution, <a href="https://arxiv.org/abs/2407.12173">2407.12173</a>. */
    BETA("beta", "Beta", Map.of("use_karras_sigmas", false, "use_exponential_sigmas", false, "use_beta_sigmas", true)),
    /** The model's own levels, counted from the noisy end. */
    SGM_UNIFORM(
            "sgm_uniform",
            "SGM Uniform",
            Map.of(
                    "use_karras_sigmas",
                    false,
                    "use_exponential_sigmas",
                    false,
                    "use_beta_sigmas",
                    false,
                    "timestep_spacing",
                    "trailing"));

    private final String id;
    private final String label;
    private final Map<String, Object> options;

    ScheduleType(String id, String label, Map<String, Object> options) {
        this.id = id;
        this.label = label;
        this.options = options;
    }

    /**
     * Returns the short name.
     *
     * @return the name in lower case, such as {@code sgm_uniform}
     */
    public String id() {
        return id;
    }

    /**
     * Returns the name that people are shown, which is AUTOMATIC1111's.
     *
     * @return the name, such as {@code SGM Uniform}
     */
    public String label() {
        return label;
    }

    /** The options that select this schedule in a configuration. */
    Map<String, Object> options() {
        return options;
    }
}
