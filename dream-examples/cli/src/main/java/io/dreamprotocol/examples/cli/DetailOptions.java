package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.HiresPass;
import io.dreamprotocol.core.image.NoiseOptions;
import io.dreamprotocol.core.image.RequestOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;

/** The options of generation that few images need: an image to begin with, control images, style models, a second pass. */
final class DetailOptions {
    /** The largest style model that is read: 512 MiB. */
    static final int MAX_STYLE_BYTES = 512 << 20;

    /** The largest image that is read: 128 MiB. */
    static final int MAX_IMAGE_BYTES = 128 << 20;

    private static final String INIT = "--init";
    private static final String STRENGTH = "--strength";
    private static final String MASK = "--mask";
    private static final String CONTROL = "--control";
    private static final String LORA = "--lora";
    private static final String HIRES = "--hires";
    private static final String HIRES_STEPS = "--hires-steps";
    private static final String HIRES_STRENGTH = "--hires-strength";
    private static final String CLIP_SKIP = "--clip-skip";
    private static final String NOISE = "--noise";
    private static final String TILING = "--tiling";

    private static final double DEFAULT_STRENGTH = 0.75;
    private static final double DEFAULT_HIRES_STRENGTH = 0.5;
    private static final int DEFAULT_STEPS = 20;
    private static final String DEFAULT_CONTROL = "controlnet";

    private DetailOptions() {}

    static void describe(CommandSpec spec) {
        Options.text(spec, INIT, "FILE", "begin with this image instead of pure noise");
        Options.text(spec, STRENGTH, "X", "how far to go back towards noise, up to 1 (default: 0.75)");
        Options.text(spec, MASK, "FILE", "paint anew only where this image is white; needs --init");
        Options.texts(
                spec,
                CONTROL,
                "[NAME=]FILE[:X]",
                "steer by this image through the model's control network NAME with scale X; may be repeated");
        Options.texts(
                spec,
                LORA,
                "FILE[:X[:Y]]",
                "add this style model with weight X, and Y in the text encoder (default: 1); may be repeated");
        Options.text(spec, HIRES, "X", "make a second pass at X times the size");
        Options.text(spec, HIRES_STEPS, "N", "steps of the second pass (default: 20)");
        Options.text(spec, HIRES_STRENGTH, "X", "how far the second pass goes back towards noise (default: 0.5)");
        Options.text(spec, CLIP_SKIP, "N", "leave out the text encoder's last N layers (default: 0)");
        Options.text(spec, NOISE, "SOURCE", "whose noise: torch-cpu, torch-cuda, numpy (default: torch-cpu)");
        Options.flag(spec, TILING, "make the image's edges fit each other");
    }

    /** Changes a request as the options say. */
    static GenerationRequest apply(GenerationRequest request, Arguments arguments, Context context) {
        GenerationRequest changed = request.withOptions(settings(request.options(), arguments));
        changed = initialImage(changed, arguments, context);
        for (String control : arguments.texts(CONTROL)) {
            changed = control(changed, control, arguments, context);
        }
        for (String lora : arguments.texts(LORA)) {
            changed = style(changed, lora, arguments, context);
        }
        return changed;
    }

    private static RequestOptions settings(RequestOptions options, Arguments arguments) {
        RequestOptions changed = options;
        OptionalDouble scale = arguments.decimal(HIRES);
        if (scale.isPresent()) {
            changed = changed.withHires(new HiresPass(
                    scale.getAsDouble(),
                    arguments.integer(HIRES_STEPS, ErrorCode.INVALID_STEPS).orElse(DEFAULT_STEPS),
                    arguments.decimal(HIRES_STRENGTH).orElse(DEFAULT_HIRES_STRENGTH),
                    HiresPass.Upscaler.LATENT));
        } else if (arguments.text(HIRES_STEPS).isPresent()
                || arguments.text(HIRES_STRENGTH).isPresent()) {
            throw arguments.usage("A second pass needs " + HIRES);
        }
        OptionalInt clipSkip = arguments.integer(CLIP_SKIP, ErrorCode.INVALID_REQUEST);
        changed = clipSkip.isPresent() ? changed.withClipSkip(clipSkip.getAsInt()) : changed;
        Optional<String> noise = arguments.text(NOISE);
        if (noise.isPresent()) {
            NoiseOptions old = changed.noise();
            changed = changed.withNoise(new NoiseOptions(
                    source(noise.get(), arguments), old.subseed(), old.subseedStrength(), old.etaSeedDelta()));
        }
        return arguments.flag(TILING) ? changed.withTiling(true) : changed;
    }

    private static NoiseOptions.Source source(String name, Arguments arguments) {
        List<String> names = new ArrayList<>();
        for (NoiseOptions.Source source : NoiseOptions.Source.values()) {
            if (source.id().equals(name)) {
                return source;
            }
            names.add(source.id());
        }
        throw arguments.usage("There is no noise source '" + PrintableText.oneLine(name, 40) + "'; there are "
                + String.join(", ", names));
    }

    private static GenerationRequest initialImage(GenerationRequest request, Arguments arguments, Context context) {
        Optional<String> initial = arguments.text(INIT);
        if (initial.isEmpty()) {
            if (arguments.text(MASK).isPresent() || arguments.text(STRENGTH).isPresent()) {
                throw arguments.usage(MASK + " and " + STRENGTH + " need " + INIT);
            }
            return request;
        }
        double strength = arguments.decimal(STRENGTH).orElse(DEFAULT_STRENGTH);
        GenerationRequest changed =
                request.withInitialImage(file(initial.get(), MAX_IMAGE_BYTES, arguments, context), strength);
        Optional<String> mask = arguments.text(MASK);
        return mask.isPresent() ? changed.withMask(file(mask.get(), MAX_IMAGE_BYTES, arguments, context)) : changed;
    }

    private static GenerationRequest control(
            GenerationRequest request, String text, Arguments arguments, Context context) {
        int equals = text.indexOf('=');
        boolean named = equals > 0 && text.substring(0, equals).matches("[A-Za-z0-9_]+");
        String network = named ? text.substring(0, equals) : DEFAULT_CONTROL;
        Weighted weighted = Weighted.parse(named ? text.substring(equals + 1) : text, 1);
        double scale = weighted.numbers().isEmpty() ? 1 : weighted.numbers().getFirst();
        return request.withControl(network, file(weighted.file(), MAX_IMAGE_BYTES, arguments, context), scale, 0, 1);
    }

    private static GenerationRequest style(
            GenerationRequest request, String text, Arguments arguments, Context context) {
        Weighted weighted = Weighted.parse(text, 2);
        List<Double> numbers = weighted.numbers();
        double weight = numbers.isEmpty() ? 1 : numbers.getFirst();
        return request.withStyle(
                styleName(weighted.file()),
                file(weighted.file(), MAX_STYLE_BYTES, arguments, context),
                weight,
                numbers.size() < 2 ? weight : numbers.get(1));
    }

    /** The file's name without folder and ending, which is how prompts call the style. */
    private static String styleName(String file) {
        String name = file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name : name.substring(0, dot);
    }

    private static Bytes file(String name, int limit, Arguments arguments, Context context) {
        byte[] content = InputFile.read(name, limit, arguments, context);
        if (content.length > limit) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "The file " + PrintableText.oneLine(name) + " is larger than " + (limit >> 20)
                            + " MiB; give a smaller one");
        }
        return Bytes.of(content);
    }

    /** A file's name with numbers behind colons. */
    private record Weighted(String file, List<Double> numbers) {
        static Weighted parse(String text, int most) {
            String rest = text;
            List<Double> numbers = new ArrayList<>();
            while (numbers.size() < most) {
                int colon = rest.lastIndexOf(':');
                if (colon < 1 || !rest.substring(colon + 1).matches("-?[0-9]+(\\.[0-9]+)?")) {
                    break;
                }
                numbers.addFirst(Double.parseDouble(rest.substring(colon + 1)));
                rest = rest.substring(0, colon);
            }
            return new Weighted(rest, numbers);
        }
    }
}
