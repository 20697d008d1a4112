package io.dreamprotocol.inference.webui;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known of those settings of the web UI that a request does not have. */
final class UnmetReasons {
    /** What tells of the file and not of the picture. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("Version", "User", "Batch size", "Batch pos");

    /** The values at which settings do nothing. */
    private static final Map<String, String> NEUTRAL = Map.ofEntries(
            Map.entry("NGMS", "0"),
            Map.entry("NGMS all steps", "False"),
            Map.entry("Token merging ratio", "0"),
            Map.entry("Token merging ratio hr", "0"),
            Map.entry("Skip Early CFG", "0"),
            Map.entry("Face restoration", "None"),
            Map.entry("Discard penultimate sigma", "False"),
            Map.entry("Schedule max sigma", "0"),
            Map.entry("Schedule min sigma", "0"),
            Map.entry("Schedule rho", "0"),
            Map.entry("Sigma churn", "0"),
            Map.entry("Sigma tmin", "0"),
            Map.entry("Sigma noise", "1"),
            Map.entry("SGM noise multiplier", "False"),
            Map.entry("Noise multiplier", "1"),
            Map.entry("Emphasis", "Original"),
            Map.entry("FP8 weight", "Disable"),
            Map.entry("VAE Encoder", "Full"),
            Map.entry("VAE Decoder", "Full"),
            Map.entry("Noise Schedule", "Default"),
            Map.entry("Pad conds", "False"),
            Map.entry("Pad conds v0", "False"),
            Map.entry("Old prompt editing timelines", "False"),
            Map.entry("Downcast alphas_cumprod", "False"),
            Map.entry("Refiner switch by sampling steps", "False"),
            Map.entry("Hires checkpoint", "Use same checkpoint"),
            Map.entry("Hires sampler", "Use same sampler"),
            Map.entry("Hires schedule type", "Use same scheduler"));

    private static final String SCHEDULER_OPTION = "the scheduler's usual value is taken";
    private static final String ONE_PASS = "the image is made in one pass, at its first size";
    private static final String OWN_VAE = "the model's own is taken";
    private static final String MODEL_CHANGE = "the model is used unchanged and to the end";
    private static final String UNKNOWN = "this setting is not known here";

    /** Why what belongs to an initial image cannot be met. */
    static final String BEGUN_FROM = "the picture that it began from, or its mask, is not in the file";

    /** Why a second pass's own settings are not met where there is one. */
    static final String SAME_AS_FIRST = "the second pass has this from the first one";

    /** Why a setting is not met, by its name or how that begins; the first that fits counts. */
    private static final List<Map.Entry<String, String>> REASONS = List.of(
            Map.entry("Eta", "this sampler takes no eta here"),
            Map.entry("Sigma ", SCHEDULER_OPTION),
            Map.entry("Schedule ", SCHEDULER_OPTION),
            Map.entry("Discard penultimate sigma", SCHEDULER_OPTION),
            Map.entry("UniPC ", SCHEDULER_OPTION),
            Map.entry("Noise Schedule", SCHEDULER_OPTION),
            Map.entry("Downcast alphas_cumprod", SCHEDULER_OPTION),
            Map.entry("Variation seed", "it needs the other one of seed and strength"),
            Map.entry("Seed resize from", "the noise is made at the image's own size"),
            Map.entry("Denoising strength", BEGUN_FROM),
            Map.entry("Init image hash", BEGUN_FROM),
            Map.entry("Mask", BEGUN_FROM),
            Map.entry("Inpaint", BEGUN_FROM),
            Map.entry("Conditional mask weight", BEGUN_FROM),
            Map.entry("Image CFG scale", BEGUN_FROM),
            Map.entry("Noise multiplier", BEGUN_FROM),
            Map.entry("Extra noise", BEGUN_FROM),
            Map.entry("ControlNet", "the picture that steered it is not in the file"),
            Map.entry("Hires", ONE_PASS),
            Map.entry("First pass size", ONE_PASS),
            Map.entry("Face restoration", "the image is left as the model makes it"),
            Map.entry("ADetailer", "the image is left as the model makes it"),
            Map.entry("Postprocess", "the image is left as the model makes it"),
            Map.entry("Hypernet", "hypernetworks are not used"),
            Map.entry("VAE", OWN_VAE),
            Map.entry("Refiner", "no second model is switched to, only a refiner that is a part of the model"),
            Map.entry("Token merging", MODEL_CHANGE),
            Map.entry("FP8 weight", MODEL_CHANGE),
            Map.entry("Cache FP16", MODEL_CHANGE),
            Map.entry("NGMS", "the negative prompt counts in every step"),
            Map.entry("Skip Early CFG", "the negative prompt counts in every step"),
            Map.entry("Emphasis", "weights of the prompt count in the usual way"),
            Map.entry("Pad conds", "prompts are padded in the usual way"),
            Map.entry("Old prompt editing", "changing prompts are timed as since version 1.6"));

    private UnmetReasons() {}

    /** Returns why a setting is not met; nothing if it has no effect at this value. */
    static Optional<String> of(String name, String value) {
        String neutral = NEUTRAL.get(name);
        if (WITHOUT_EFFECT.contains(name) || (neutral != null && SettingsLeft.same(value, neutral))) {
            return Optional.empty();
        }
        return Optional.of(REASONS.stream()
                .filter(reason -> name.startsWith(reason.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(UNKNOWN));
    }
}
