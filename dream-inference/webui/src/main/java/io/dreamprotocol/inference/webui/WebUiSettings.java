package io.dreamprotocol.inference.webui;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.HiresPass;
import io.dreamprotocol.core.image.Infotext;
import io.dreamprotocol.core.image.NoiseOptions;
import io.dreamprotocol.core.image.NoiseOptions.Source;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerChoice;
import io.dreamprotocol.inference.webui.SettingsLeft.Sides;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of an image of the web UI on their way into a request: each one is taken into it, is known to change nothing, or is
 * noted as not met.
 */
final class WebUiSettings {
    private static final Pattern VERSION = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4}).*");

    /** Programs that write these texts and take the noise of processors, which they leave unsaid. */
    private static final String CPU_VERSION = "ComfyUI";

    private static final String STRENGTH = "Denoising strength";
    private static final String VARIATION = "Variation seed";
    private static final String VARIATION_STRENGTH = "Variation seed strength";

    /** Settings that say one thing each, whatever the others are. */
    private static final List<Map.Entry<String, SettingsLeft.Change<GenerationRequest>>> SIMPLE = List.of(
            Map.entry("Steps", (request, text) -> request.withSteps(SettingsLeft.count(text))),
            Map.entry("CFG scale", (request, text) -> request.withGuidanceScale(SettingsLeft.decimal(text))),
            Map.entry("Seed", (request, text) -> request.withSeed(SettingsLeft.seed(text))),
            Map.entry("Size", WebUiSettings::withSize),
            Map.entry("Model", GenerationRequest::withModel),
            // The web UI counts the last layer as the first.
            Map.entry(
                    "Clip skip",
                    (request, text) -> with(request, options -> options.withClipSkip(SettingsLeft.count(text) - 1))),
            Map.entry("RNG", (request, text) -> withNoise(request, noise -> noise.withSource(source(text)))),
            Map.entry(
                    "ENSD",
                    (request, text) -> withNoise(request, noise -> noise.withEtaSeedDelta(SettingsLeft.count(text)))),
            Map.entry("Tiling", (request, text) -> with(request, options -> options.withTiling(flag(text)))));

    /** Samplers that take an eta here. */
    private static final Set<String> WITH_ETA = Set.of("DDIMScheduler", "TCDScheduler");

    private final Infotext text;
    private final SettingsLeft settings;
    private final List<StyleHash> hashes = new ArrayList<>();

    WebUiSettings(Infotext text) {
        this.text = text;
        this.settings = new SettingsLeft(text);
    }

    RecoveredRequest recover() {
        GenerationRequest request = GenerationRequest.of(text.prompt()).withNegativePrompt(text.negativePrompt());
        SecondPassSettings secondPass = new SecondPassSettings(settings);
        secondPass.modernise();
        stateTheUnsaid();
        Optional<HiresPass> hires = secondPass.take();
        if (hires.isPresent()) {
            request = with(request, options -> options.withHires(hires.get()));
            passOverHires();
        }
        request = withVariation(withScheduler(request));
        for (Map.Entry<String, SettingsLeft.Change<GenerationRequest>> each : SIMPLE) {
            request = settings.into(request, each.getKey(), each.getValue());
        }
        request = withRefiner(request);
        Optional<String> modelHash = settings.take("Model hash");
        takeHashes(StyleHash.Kind.STYLE, "Lora hashes");
        takeHashes(StyleHash.Kind.WORD, "TI hashes");
        OptionalDouble strength = initialStrength(request);
        settings.rest(
                (name, value) -> UnmetReasons.of(name, value).ifPresent(reason -> settings.miss(name, value, reason)));
        return new RecoveredRequest(request, Optional.empty(), modelHash, strength, hashes, settings.unmet());
    }

    /** Puts down what the web UI means by leaving it out. */
    private void stateTheUnsaid() {
        String version = settings.peek("Version");
        if (!text.fields().isEmpty() && !settings.has("RNG")) {
            settings.put("RNG", version.startsWith(CPU_VERSION) ? "CPU" : "GPU");
        }
        Matcher number = VERSION.matcher(version);
        boolean isOld = number.matches()
                && Integer.parseInt(number.group(1)) <= 1
                && (Integer.parseInt(number.group(1)) < 1 || Integer.parseInt(number.group(2)) < 6);
        boolean changes =
                text.prompt().indexOf('[') >= 0 || text.negativePrompt().indexOf('[') >= 0;
        if (isOld && changes && !settings.has("Old prompt editing timelines")) {
            settings.put("Old prompt editing timelines", "True");
        }
    }

    /** Settings of the second pass that say the same as those of the first. */
    private void passOverHires() {
        Map<String, String> same = Map.of(
                "Hires sampler", settings.peek("Sampler"),
                "Hires schedule type", settings.peek("Schedule type"),
                "Hires CFG scale", settings.peek("CFG scale"),
                "Hires prompt", text.prompt(),
                "Hires negative prompt", text.negativePrompt());
        List<String> rest = new ArrayList<>();
        settings.rest((name, value) -> {
            if (name.startsWith("Hires ")) {
                rest.add(name);
            }
        });
        for (String name : rest) {
            String value = settings.take(name).orElseThrow();
            if (!value.equals(same.get(name)) && UnmetReasons.of(name, value).isPresent()) {
                settings.miss(name, value, UnmetReasons.SAME_AS_FIRST);
            }
        }
    }

    private GenerationRequest withScheduler(GenerationRequest request) {
        Optional<String> sampler = settings.take("Sampler");
        if (sampler.isEmpty()) {
            return request;
        }
        // Up to version 1.8 the type is a part of the sampler's name. Since then it is left unsaid only where none was
        // chosen, so that a sampler alone always means the model's own levels.
        Optional<String> type = settings.take("Schedule type");
        try {
            SchedulerChoice choice = type.isPresent()
                    ? SchedulerChoice.named(sampler.get(), type.get())
                    : SchedulerChoice.named(sampler.get());
            GenerationRequest scheduled = request.withScheduler(choice.label());
            return WITH_ETA.contains(choice.className()) ? withEta(scheduled) : scheduled;
        } catch (DreamException e) {
            settings.miss(
                    "Sampler", sampler.get() + type.map(name -> " " + name).orElse(""), e.getMessage());
            return request;
        }
    }

    private GenerationRequest withEta(GenerationRequest request) {
        String name = settings.has("Eta DDIM") ? "Eta DDIM" : "Eta";
        return settings.into(
                request, name, (before, value) -> with(before, each -> each.withEta(SettingsLeft.decimal(value))));
    }

    /** Images of this protocol name the model itself, whose part the refiner is; the web UI names a model of its own. */
    private GenerationRequest withRefiner(GenerationRequest request) {
        if (!settings.peek("Refiner").equals(request.model().orElse(""))) {
            return request;
        }
        settings.drop("Refiner");
        return settings.into(
                request,
                "Refiner switch at",
                (before, value) -> with(before, options -> options.withRefinerSwitch(SettingsLeft.decimal(value))));
    }

    /** A second seed that is not mixed in does nothing. */
    private GenerationRequest withVariation(GenerationRequest request) {
        if (!settings.has(VARIATION_STRENGTH) || SettingsLeft.same(settings.peek(VARIATION_STRENGTH), "0")) {
            settings.drop(VARIATION);
            settings.drop(VARIATION_STRENGTH);
            return request;
        }
        return settings.into(request, VARIATION_STRENGTH, (before, strength) -> {
            long seed = SettingsLeft.seed(settings.peek(VARIATION));
            GenerationRequest varied =
                    withNoise(before, noise -> noise.withVariation(seed, SettingsLeft.decimal(strength)));
            settings.drop(VARIATION);
            return varied;
        });
    }

    /** The strength of a picture to begin with, which itself is in no file. */
    private OptionalDouble initialStrength(GenerationRequest request) {
        Optional<Double> strength =
                settings.peek(STRENGTH, SettingsLeft::decimal).filter(value -> value > 0 && value <= 1);
        if (strength.isEmpty()) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(
                request.steps().isPresent()
                        ? StrengthOfSteps.ofWebUi(
                                strength.get(), request.steps().getAsInt())
                        : strength.get());
    }

    private void takeHashes(StyleHash.Kind kind, String name) {
        settings.into(hashes, name, (all, list) -> {
            all.addAll(StyleHash.parse(kind, list));
            return all;
        });
    }

    private static GenerationRequest withSize(GenerationRequest request, String text) {
        Sides sides = SettingsLeft.sides(text);
        return request.withWidth(sides.width()).withHeight(sides.height());
    }

    private static GenerationRequest with(GenerationRequest request, UnaryOperator<RequestOptions> change) {
        return request.withOptions(change.apply(request.options()));
    }

    private static GenerationRequest withNoise(GenerationRequest request, UnaryOperator<NoiseOptions> change) {
        return with(request, options -> options.withNoise(change.apply(options.noise())));
    }

    private static Source source(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "CPU" -> Source.TORCH_CPU;
            // The same numbers: of a GPU by CUDA, and reckoned without one.
            case "GPU", "NV" -> Source.TORCH_CUDA;
            case "NUMPY" -> Source.NUMPY;
            default -> throw new IllegalArgumentException("this source of noise is not known here");
        };
    }

    private static boolean flag(String text) {
        if (text.equalsIgnoreCase("True") || text.equalsIgnoreCase("False")) {
            return text.equalsIgnoreCase("True");
        }
        throw new IllegalArgumentException("this is neither True nor False");
    }
}
