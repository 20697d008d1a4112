package io.dreamprotocol.inference.webui;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.Infotext;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerChoice;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an image of the web UI on their way into a request: each one is taken into it, is known to change nothing, or is
 * noted as not met.
 */
final class WebUiSettings {
    private static final Pattern COUNT = Pattern.compile("\\d{1,9}");
    private static final Pattern SEED = Pattern.compile("\\d{1,20}");
    private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?([eE]-?\\d{1,3})?");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})x(\\d{1,9})");
    private static final Pattern VERSION = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4}).*");

    /** How texts of this protocol begin their version. */
    private static final String OWN_VERSION = "dream ";

    /** What tells of the file and not of the picture. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("Version", "User", "Batch size", "Batch pos");

    /** The values at which settings do nothing. */
    private static final Map<String, String> NEUTRAL = Map.ofEntries(
            Map.entry("RNG", "CPU"),
            Map.entry("Clip skip", "1"),
            Map.entry("ENSD", "0"),
            Map.entry("Tiling", "False"),
            Map.entry("Variation seed strength", "0"),
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
            Map.entry("Emphasis", "Original"),
            Map.entry("FP8 weight", "Disable"),
            Map.entry("VAE Encoder", "Full"),
            Map.entry("VAE Decoder", "Full"),
            Map.entry("Noise Schedule", "Default"),
            Map.entry("Pad conds", "False"),
            Map.entry("Pad conds v0", "False"),
            Map.entry("Old prompt editing timelines", "False"),
            Map.entry("Downcast alphas_cumprod", "False"),
            Map.entry("Refiner switch by sampling steps", "False"));

    private static final String BEGUN_FROM = "the picture that it began from, or its mask, is not in the file";
    private static final String SECOND_PASS = "the image is made in one pass, at its first size";
    private static final String SCHEDULER_OPTION = "the scheduler's usual value is taken";
    private static final String SECOND_SEED = "the noise comes from one seed alone";
    private static final String OWN_VAE = "the model's own is taken";
    private static final String MODEL_CHANGE = "the model is used unchanged and to the end";
    private static final String NOT_COMPARED = "whether the files of these names are the same is not checked";
    private static final String UNKNOWN = "this setting is not known here";

    /** Why a setting is not met, by its name or how that begins; the first that fits counts. */
    private static final List<Map.Entry<String, String>> REASONS = List.of(
            Map.entry("RNG", "the noise comes from the generator for processors"),
            Map.entry("Clip skip", "the text encoder's usual layer is taken"),
            Map.entry("ENSD", "the noise of steps comes from the seed as it is"),
            Map.entry("Eta", SCHEDULER_OPTION),
            Map.entry("Sigma ", SCHEDULER_OPTION),
            Map.entry("Schedule ", SCHEDULER_OPTION),
            Map.entry("Discard penultimate sigma", SCHEDULER_OPTION),
            Map.entry("UniPC ", SCHEDULER_OPTION),
            Map.entry("Noise Schedule", SCHEDULER_OPTION),
            Map.entry("Downcast alphas_cumprod", SCHEDULER_OPTION),
            Map.entry("Variation seed", SECOND_SEED),
            Map.entry("Seed resize from", SECOND_SEED),
            Map.entry("Tiling", "the edges are not made to meet"),
            Map.entry("Denoising strength", BEGUN_FROM),
            Map.entry("Init image hash", BEGUN_FROM),
            Map.entry("Mask", BEGUN_FROM),
            Map.entry("Inpaint", BEGUN_FROM),
            Map.entry("Conditional mask weight", BEGUN_FROM),
            Map.entry("Image CFG scale", BEGUN_FROM),
            Map.entry("Noise multiplier", BEGUN_FROM),
            Map.entry("Extra noise", BEGUN_FROM),
            Map.entry("ControlNet", "the picture that steered it is not in the file"),
            Map.entry("Hires", SECOND_PASS),
            Map.entry("First pass size", SECOND_PASS),
            Map.entry("Face restoration", SECOND_PASS),
            Map.entry("ADetailer", SECOND_PASS),
            Map.entry("Postprocess", SECOND_PASS),
            Map.entry("Lora hashes", NOT_COMPARED),
            Map.entry("TI hashes", NOT_COMPARED),
            Map.entry("Hypernet", "hypernetworks are not used"),
            Map.entry("VAE", OWN_VAE),
            Map.entry("Refiner", MODEL_CHANGE),
            Map.entry("Token merging", MODEL_CHANGE),
            Map.entry("FP8 weight", MODEL_CHANGE),
            Map.entry("Cache FP16", MODEL_CHANGE),
            Map.entry("NGMS", "the negative prompt counts in every step"),
            Map.entry("Skip Early CFG", "the negative prompt counts in every step"),
            Map.entry("Emphasis", "weights of the prompt count in the usual way"),
            Map.entry("Pad conds", "prompts are padded in the usual way"),
            Map.entry("Old prompt editing", "changing prompts are timed as since version 1.6"));

    private final Infotext text;
    private final Map<String, String> left;
    private final List<UnmetSetting> unmet = new ArrayList<>();

    WebUiSettings(Infotext text) {
        this.text = text;
        this.left = new LinkedHashMap<>(text.fields());
    }

    RecoveredRequest recover() {
        GenerationRequest request = GenerationRequest.of(text.prompt()).withNegativePrompt(text.negativePrompt());
        request = withSteps(request);
        request = withScheduler(request);
        request = withGuidance(request);
        request = withSeed(request);
        request = withSize(request);
        Optional<String> model = take("Model");
        if (model.isPresent()) {
            request = request.withModel(model.get());
        }
        Optional<String> modelHash = take("Model hash");
        checkNoise();
        checkVersion();
        checkSecondSeed();
        left.forEach(this::checkOther);
        return new RecoveredRequest(request, Optional.empty(), modelHash, unmet);
    }

    /** Takes a setting, unless it is missing or empty, which the web UI writes for what it does not know. */
    private Optional<String> take(String name) {
        return Optional.ofNullable(left.remove(name)).filter(value -> !value.isBlank());
    }

    private void miss(String name, String value, String reason) {
        unmet.add(new UnmetSetting(name, value, reason));
    }

    private GenerationRequest withSteps(GenerationRequest request) {
        Optional<String> steps = take("Steps");
        if (steps.isEmpty()) {
            return request;
        }
        if (!COUNT.matcher(steps.get()).matches()) {
            miss("Steps", steps.get(), "this is no number of steps");
            return request;
        }
        return request.withSteps(Integer.parseInt(steps.get()));
    }

    private GenerationRequest withScheduler(GenerationRequest request) {
        Optional<String> sampler = take("Sampler");
        if (sampler.isEmpty()) {
            return request;
        }
        // Up to version 1.8 the type is a part of the sampler's name. Since then it is left unsaid only where none was
        // chosen, so that
        // a sampler alone always means the model's own levels.
        Optional<String> type = take("Schedule type");
        try {
            SchedulerChoice choice = type.isPresent()
                    ? SchedulerChoice.named(sampler.get(), type.get())
                    : SchedulerChoice.named(sampler.get());
            return request.withScheduler(choice.label());
        } catch (DreamException e) {
            miss("Sampler", sampler.get() + type.map(name -> " " + name).orElse(""), e.getMessage());
            return request;
        }
    }

    private GenerationRequest withGuidance(GenerationRequest request) {
        Optional<String> scale = take("CFG scale");
        if (scale.isEmpty()) {
            return request;
        }
        if (!DECIMAL.matcher(scale.get()).matches()) {
            miss("CFG scale", scale.get(), "this is no number");
            return request;
        }
        return request.withGuidanceScale(Double.parseDouble(scale.get()));
    }

    private GenerationRequest withSeed(GenerationRequest request) {
        Optional<String> seed = take("Seed");
        if (seed.isEmpty()) {
            return request;
        }
        if (seed.get().equals("-1")) {
            miss("Seed", seed.get(), "it stands for a random seed");
            return request;
        }
        if (!SEED.matcher(seed.get()).matches() || new BigInteger(seed.get()).bitLength() >= Long.SIZE) {
            miss("Seed", seed.get(), "seeds are whole numbers from 0 to " + Long.MAX_VALUE);
            return request;
        }
        return request.withSeed(Long.parseLong(seed.get()));
    }

    private GenerationRequest withSize(GenerationRequest request) {
        Optional<String> size = take("Size");
        if (size.isEmpty()) {
            return request;
        }
        Matcher sides = SIZE.matcher(size.get());
        if (!sides.matches()) {
            miss("Size", size.get(), "this is no size");
            return request;
        }
        return request.withWidth(Integer.parseInt(sides.group(1))).withHeight(Integer.parseInt(sides.group(2)));
    }

    /** The web UI leaves its usual source of noise, a GPU, unsaid. */
    private void checkNoise() {
        boolean isOwn = left.getOrDefault("Version", "").startsWith(OWN_VERSION);
        if (!text.fields().isEmpty() && !isOwn) {
            left.putIfAbsent("RNG", "GPU");
        }
    }

    private void checkVersion() {
        Matcher version = VERSION.matcher(left.getOrDefault("Version", ""));
        boolean isOld = version.matches()
                && Integer.parseInt(version.group(1)) <= 1
                && (Integer.parseInt(version.group(1)) < 1 || Integer.parseInt(version.group(2)) < 6);
        if (isOld && (text.prompt().indexOf('[') >= 0 || text.negativePrompt().indexOf('[') >= 0)) {
            left.putIfAbsent("Old prompt editing timelines", "True");
        }
    }

    /** A second seed that is not mixed in does nothing. */
    private void checkSecondSeed() {
        if (isNeutral(left.getOrDefault("Variation seed strength", "0"), "0")) {
            left.remove("Variation seed");
        }
    }

    private void checkOther(String name, String value) {
        if (value.isBlank() || WITHOUT_EFFECT.contains(name) || isNeutral(value, NEUTRAL.get(name))) {
            return;
        }
        // With a second pass this is the pass's own strength.
        boolean isOfPass = name.equals("Denoising strength")
                && text.fields().keySet().stream().anyMatch(other -> other.startsWith("Hires"));
        String known = isOfPass ? "Hires" : name;
        miss(
                name,
                value,
                REASONS.stream()
                        .filter(reason -> known.startsWith(reason.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(UNKNOWN));
    }

    private static boolean isNeutral(String value, @Nullable String neutral) {
        if (neutral == null) {
            return false;
        }
        boolean areNumbers =
                DECIMAL.matcher(value).matches() && DECIMAL.matcher(neutral).matches();
        return areNumbers ? Double.parseDouble(value) == Double.parseDouble(neutral) : value.equalsIgnoreCase(neutral);
    }
}
