package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.HiresPass;
import io.dreamprotocol.core.image.HiresPass.Upscaler;
import io.dreamprotocol.core.image.InitialImage;
import io.dreamprotocol.core.image.NoiseOptions;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.inference.images.ImageFiles;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The options of generation that few images need: an image to begin with, control images, style models, a second pass, kinds of
 * noise.
 */
final class DetailOptions {
    static final String INIT = "--init";
    static final String LORA = "--lora";
    static final String EMBEDDING = "--embedding";
    static final String CLIP_SKIP = "--clip-skip";

    private static final String STRENGTH = "--strength";
    private static final String MASK = "--mask";
    private static final String CONTROL = "--control";
    private static final String HIRES = "--hires";
    private static final String HIRES_STEPS = "--hires-steps";
    private static final String HIRES_STRENGTH = "--hires-strength";
    private static final String HIRES_UPSCALER = "--hires-upscaler";
    private static final String NOISE = "--noise";
    private static final String VARIATION_SEED = "--variation-seed";
    private static final String VARIATION_STRENGTH = "--variation-strength";
    private static final String ENSD = "--ensd";
    private static final String ETA = "--eta";
    private static final String TILING = "--tiling";
    private static final String REFINER_SWITCH = "--refiner-switch";

    private static final double DEFAULT_STRENGTH = 0.75;
    private static final double DEFAULT_HIRES_STRENGTH = 0.5;
    private static final int DEFAULT_STEPS = 20;
    private static final String DEFAULT_CONTROL = "controlnet";

    private final Arguments arguments;
    private final Context context;

    DetailOptions(Arguments arguments, Context context) {
        this.arguments = arguments;
        this.context = context;
    }

    static void describe(CommandSpec spec) {
        Options.text(spec, INIT, "FILE", "begin with this image instead of pure noise");
        Options.text(spec, STRENGTH, "X", "how far to go back towards noise, up to 1 (default: 0.75)");
        Options.text(spec, MASK, "FILE", "paint anew only where this image is white; needs --init");
        Options.texts(
                spec,
                CONTROL,
                "[NAME=]FILE[:X[:A[:B]]]",
                "steer by this image through the model's control network NAME with scale X, from the share A of the"
                        + " steps to the share B (default: 0 to 1); may be repeated");
        Options.texts(
                spec,
                LORA,
                "NAME|FILE[:X[:Y]]",
                "add this style model, kept by 'dream models add' or a file, with weight X, and Y in the text encoder"
                        + " (default: 1); may be repeated; kept ones may stand in the prompt as <lora:NAME:X> too");
        Options.texts(
                spec,
                EMBEDDING,
                "[WORD=]NAME|FILE",
                "let WORD in the prompts stand for this textual inversion (default: its own word); may be repeated");
        Options.text(spec, HIRES, "X", "make a second pass at X times the size");
        Options.text(spec, HIRES_STEPS, "N", "steps of the second pass (default: 20)");
        Options.text(spec, HIRES_STRENGTH, "X", "how far the second pass goes back towards noise (default: 0.5)");
        Options.text(
                spec, HIRES_UPSCALER, "NAME", "how the first image is enlarged: latent, lanczos (default: latent)");
        Options.text(spec, CLIP_SKIP, "N", "leave out the text encoder's last N layers (default: 0)");
        Options.text(spec, NOISE, "SOURCE", "whose noise: torch-cpu, torch-cuda, numpy (default: torch-cpu)");
        Options.text(spec, VARIATION_SEED, "N", "seed of a second noise to turn to; needs --variation-strength");
        Options.text(spec, VARIATION_STRENGTH, "X", "how far to turn to the second noise, 0 to 1");
        Options.text(spec, ENSD, "N", "what is added to the seed for the noise of steps (default: 0)");
        Options.text(spec, ETA, "X", "share of noise that DDIM and TCD add back, 0 to 1 (default: the scheduler's)");
        Options.flag(spec, TILING, "make the image's edges fit each other");
        Options.text(
                spec, REFINER_SWITCH, "X", "let the model's refiner take over after the share X of the way, below 1");
    }

    /**
     * Changes a request as the options say.
     *
     * @param styles where style models are found
     * @param strength how far to go back towards noise if the options do not say so
     */
    GenerationRequest apply(GenerationRequest request, StyleModels styles, OptionalDouble strength) {
        GenerationRequest changed = request.withOptions(settings(request.options()));
        changed = initialImage(changed, strength.orElse(DEFAULT_STRENGTH));
        if (!arguments.texts(CONTROL).isEmpty()) {
            // Those of an image to be followed have no names by which single ones could be replaced.
            changed = changed.withOptions(changed.options().withControls(List.of()));
        }
        for (String control : arguments.texts(CONTROL)) {
            changed = control(changed, control);
        }
        for (String lora : arguments.texts(LORA)) {
            changed = styles.withLora(changed, lora);
        }
        for (String embedding : arguments.texts(EMBEDDING)) {
            changed = styles.withEmbedding(changed, embedding);
        }
        return changed;
    }

    private RequestOptions settings(RequestOptions options) {
        RequestOptions changed = options.withNoise(noise(options.noise()));
        changed = hires(changed);
        OptionalInt clipSkip = arguments.integer(CLIP_SKIP, ErrorCode.INVALID_REQUEST);
        changed = clipSkip.isPresent() ? changed.withClipSkip(clipSkip.getAsInt()) : changed;
        OptionalDouble eta = arguments.decimal(ETA);
        changed = eta.isPresent() ? changed.withEta(eta.getAsDouble()) : changed;
        OptionalDouble refinerSwitch = arguments.decimal(REFINER_SWITCH);
        changed = refinerSwitch.isPresent() ? changed.withRefinerSwitch(refinerSwitch.getAsDouble()) : changed;
        return arguments.flag(TILING) ? changed.withTiling(true) : changed;
    }

    private RequestOptions hires(RequestOptions options) {
        Optional<HiresPass> before = options.hires();
        OptionalDouble scale = arguments.decimal(HIRES);
        OptionalInt steps = arguments.integer(HIRES_STEPS, ErrorCode.INVALID_STEPS);
        OptionalDouble strength = arguments.decimal(HIRES_STRENGTH);
        Optional<Upscaler> upscaler =
                named(HIRES_UPSCALER, Upscaler.values(), value -> value.name().toLowerCase(Locale.ROOT));
        if (scale.isEmpty() && before.isEmpty()) {
            if (steps.isPresent() || strength.isPresent() || upscaler.isPresent()) {
                throw arguments.usage("A second pass needs " + HIRES);
            }
            return options;
        }
        return options.withHires(new HiresPass(
                scale.orElseGet(() -> before.orElseThrow().scale()),
                steps.orElseGet(() -> before.map(HiresPass::steps).orElse(DEFAULT_STEPS)),
                strength.orElseGet(() -> before.map(HiresPass::strength).orElse(DEFAULT_HIRES_STRENGTH)),
                upscaler.orElseGet(() -> before.map(HiresPass::upscaler).orElse(Upscaler.LATENT))));
    }

    private NoiseOptions noise(NoiseOptions options) {
        NoiseOptions changed = named(NOISE, NoiseOptions.Source.values(), NoiseOptions.Source::id)
                .map(options::withSource)
                .orElse(options);
        OptionalLong seed = arguments.longInteger(VARIATION_SEED, ErrorCode.INVALID_REQUEST);
        OptionalDouble strength = arguments.decimal(VARIATION_STRENGTH);
        boolean varied = changed.subseedStrength() != 0;
        if (seed.isPresent() != strength.isPresent() && !varied) {
            throw arguments.usage(VARIATION_SEED + " and " + VARIATION_STRENGTH + " need each other");
        }
        changed = changed.withVariation(seed.orElse(changed.subseed()), strength.orElse(changed.subseedStrength()));
        OptionalInt delta = arguments.integer(ENSD, ErrorCode.INVALID_REQUEST);
        return delta.isPresent() ? changed.withEtaSeedDelta(delta.getAsInt()) : changed;
    }

    /** Returns the value that an option names. */
    private <T> Optional<T> named(String option, T[] values, Function<T, String> name) {
        Optional<String> wanted = arguments.text(option);
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        Optional<T> value = Arrays.stream(values)
                .filter(each -> name.apply(each).equals(wanted.get()))
                .findFirst();
        if (value.isEmpty()) {
            throw arguments.usage(option + " cannot be '" + PrintableText.oneLine(wanted.get(), 40) + "'; there are "
                    + Arrays.stream(values).map(name).collect(Collectors.joining(", ")));
        }
        return value;
    }

    private GenerationRequest initialImage(GenerationRequest request, double usualStrength) {
        OptionalDouble strength = arguments.decimal(STRENGTH);
        Optional<String> initial = arguments.text(INIT);
        Optional<InitialImage> before = request.options().initialImage();
        GenerationRequest changed = request;
        if (initial.isPresent()) {
            changed = changed.withInitialImage(
                    picture(initial.get()),
                    strength.orElseGet(() -> before.map(InitialImage::strength).orElse(usualStrength)));
        } else if (before.isPresent() && strength.isPresent()) {
            changed = changed.withOptions(changed.options()
                    .withInitialImage(new InitialImage(
                            before.get().image(),
                            strength.getAsDouble(),
                            before.get().mask())));
        } else if (before.isEmpty()
                && (strength.isPresent() || arguments.text(MASK).isPresent())) {
            throw arguments.usage(MASK + " and " + STRENGTH + " need " + INIT);
        }
        Optional<String> mask = arguments.text(MASK);
        return mask.isPresent() ? changed.withMask(picture(mask.get())) : changed;
    }

    private GenerationRequest control(GenerationRequest request, String text) {
        int equals = text.indexOf('=');
        boolean named = equals > 0 && text.substring(0, equals).matches("[A-Za-z0-9_]+");
        String network = named ? text.substring(0, equals) : DEFAULT_CONTROL;
        WeightedFile weighted = WeightedFile.parse(named ? text.substring(equals + 1) : text, 3);
        return request.withControl(
                network, picture(weighted.file()), weighted.number(0, 1), weighted.number(1, 0), weighted.number(2, 1));
    }

    /** Reads an image file, and finds out before anything is paid whether it is one. */
    private Bytes picture(String name) {
        Bytes file = InputFile.whole(name, ImageFiles.MAX_BYTES, arguments, context);
        ImageFiles.read(file.toArray());
        return file;
    }
}
