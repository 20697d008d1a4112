package io.dreamprotocol.core.image;

import io.dreamprotocol.core.prompt.PromptTags;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts a request into the terms of the AUTOMATIC1111 web UI 1.10: its names, its order, and its way of leaving out what is usual. */
final class InfotextOfRequest {
    private static final List<String> SCHEDULE_TYPES = List.of("Karras", "Exponential", "Beta", "SGM Uniform");
    private static final String CLASS_SUFFIX = "Scheduler";
    private static final Set<String> STYLE_TAGS = Set.of("lora", "lyco");
    private static final int MODEL_HASH_DIGITS = 10;

    /** The largest strength with which the web UI reckons. */
    private static final double MOST_STRENGTH = 0.999;

    /** Enough to tell single steps of the longest schedule. */
    private static final MathContext STRENGTH_DIGITS = new MathContext(5);

    private final CanonicalRequest request;
    private final RequestOptions options;
    private final Map<String, String> fields = new LinkedHashMap<>();

    private InfotextOfRequest(CanonicalRequest request) {
        this.request = request;
        this.options = request.options();
    }

    static Infotext describe(CanonicalRequest request, Map<String, String> further) {
        InfotextOfRequest text = new InfotextOfRequest(request);
        text.putSettings();
        text.putControls();
        text.putHires();
        text.fields.putAll(further);
        // The web UI notes this in the course of sampling, behind everything else.
        request.options().eta().ifPresent(eta -> text.fields.put(text.etaName(), decimal(eta)));
        text.fields.put("Version", "dream 1");
        return new Infotext(text.prompt(), request.negativePrompt(), text.fields);
    }

    private void putSettings() {
        fields.put("Steps", Integer.toString(request.steps()));
        putScheduler(request.scheduler());
        fields.put("CFG scale", decimal(request.guidanceScale()));
        fields.put("Seed", Long.toString(request.seed()));
        fields.put("Size", request.width() + "x" + request.height());
        fields.put("Model hash", request.model().digest().toHex().substring(0, MODEL_HASH_DIGITS));
        fields.put("Model", request.model().name());
        NoiseOptions noise = options.noise();
        if (noise.subseedStrength() != 0) {
            fields.put("Variation seed", Long.toString(noise.subseed()));
            fields.put("Variation seed strength", decimal(noise.subseedStrength()));
        }
        options.initialImage()
                .map(this::initialStrength)
                .or(() -> options.hires().map(InfotextOfRequest::hiresStrength))
                .ifPresent(strength -> fields.put("Denoising strength", decimal(strength)));
        if (options.clipSkip() != 0) {
            // The web UI counts the last layer as the first.
            fields.put("Clip skip", Integer.toString(options.clipSkip() + 1));
        }
        if (noise.etaSeedDelta() != 0) {
            fields.put("ENSD", Integer.toString(noise.etaSeedDelta()));
        }
        // The web UI leaves out the noise of CUDA by a GPU, and names the same numbers without one.
        fields.put(
                "RNG",
                switch (noise.source()) {
                    case TORCH_CPU -> "CPU";
                    case TORCH_CUDA -> "NV";
                    case NUMPY -> "NumPy";
                });
        if (options.tiling()) {
            fields.put("Tiling", "True");
        }
        // The refiner is a part of the model here, where the web UI has a second one.
        options.refinerSwitch().ifPresent(share -> {
            fields.put("Refiner", request.model().name());
            fields.put("Refiner switch at", decimal(share));
        });
    }

    private void putScheduler(String scheduler) {
        for (String type : SCHEDULE_TYPES) {
            if (scheduler.endsWith(" " + type)) {
                fields.put("Sampler", scheduler.substring(0, scheduler.length() - type.length() - 1));
                fields.put("Schedule type", type);
                return;
            }
        }
        fields.put("Sampler", scheduler);
        // Without it the web UI would take its own favourite for this sampler. A class of diffusers has the model's own
        // options.
        if (!scheduler.endsWith(CLASS_SUFFIX)) {
            fields.put("Schedule type", "Uniform");
        }
    }

    /** Control images as the web UI's ControlNet extension notes them, which leaves out their pictures too. */
    private void putControls() {
        for (int i = 0; i < options.controls().size(); i++) {
            ControlInput control = options.controls().get(i);
            fields.put(
                    "ControlNet " + i,
                    "Module: none, Model: " + control.network() + ", Weight: " + decimal(control.scale())
                            + ", Resize Mode: Just Resize, Guidance Start: " + decimal(control.start())
                            + ", Guidance End: " + decimal(control.end())
                            + ", Pixel Perfect: False, Control Mode: Balanced");
        }
    }

    private void putHires() {
        options.hires().ifPresent(pass -> {
            fields.put("Hires upscale", decimal(pass.scale()));
            fields.put("Hires steps", Integer.toString(CanonicalRequest.secondPassSteps(pass)));
            fields.put(
                    "Hires upscaler",
                    switch (pass.upscaler()) {
                        case LATENT -> "Latent";
                        case LANCZOS -> "Lanczos";
                    });
            if (options.initialImage().isPresent()) {
                // The web UI has no such images, so it has no name for the second of two strengths.
                fields.put("Hires denoising strength", decimal(hiresStrength(pass)));
            }
        });
        if (options.initialImage().flatMap(InitialImage::mask).isPresent()) {
            // The web UI blurs masks unless it is told not to.
            fields.put("Mask blur", "0");
        }
    }

    /**
     * The strength at which the web UI runs as many steps, which is one more than the share of all: {@code setup_img2img_steps} in
     * its source.
     */
    private double initialStrength(InitialImage initial) {
        int all = request.steps();
        int run = request.firstPassSteps();
        boolean runsAsMany = (int) (Math.min(initial.strength(), MOST_STRENGTH) * all) + 1 == run;
        return runsAsMany ? initial.strength() : rounded((run - 0.5) / all);
    }

    /**
     * The strength at which the web UI lays out as many steps: it is told how many are to run, and adds those that the strength
     * leaves out.
     */
    private static double hiresStrength(HiresPass pass) {
        int run = CanonicalRequest.secondPassSteps(pass);
        boolean laysOutAsMany = (int) (run / Math.min(pass.strength(), MOST_STRENGTH)) == pass.steps();
        return laysOutAsMany ? pass.strength() : rounded(run / (pass.steps() + 0.5));
    }

    private static double rounded(double value) {
        return new BigDecimal(value).round(STRENGTH_DIGITS).doubleValue();
    }

    /** The web UI has two settings of this kind. */
    private String etaName() {
        return request.scheduler().startsWith("DDIM") ? "Eta DDIM" : "Eta";
    }

    /** The prompt, with a tag for each LoRA that has none, since the web UI knows them by tags alone. */
    private String prompt() {
        Set<String> tagged = PromptTags.parse(request.prompt()).networks().stream()
                .filter(tag -> STYLE_TAGS.contains(tag.kind()))
                .flatMap(tag -> tag.name().stream())
                .collect(Collectors.toSet());
        StringBuilder prompt = new StringBuilder(request.prompt());
        for (StyleUse use : options.styles()) {
            if (use.kind() == StyleUse.Kind.LORA && !tagged.contains(use.name())) {
                prompt.append(" <lora:").append(use.name()).append(':').append(decimal(use.textEncoderWeight()));
                if (use.weight() != use.textEncoderWeight()) {
                    prompt.append(':').append(decimal(use.weight()));
                }
                prompt.append('>');
            }
        }
        return prompt.toString();
    }

    private static String decimal(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
