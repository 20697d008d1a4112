package io.dreamprotocol.core.image;

import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The options' part of a canonical request's encoding: a field for each option that is used. */
final class RequestOptionsCodec {
    private RequestOptionsCodec() {}

    /** Adds the options that are used to a request's map; {@link DagCbor} sorts it. */
    static void write(RequestOptions options, Map<String, Object> map) {
        if (!options.styles().isEmpty()) {
            map.put(
                    "styles",
                    options.styles().stream().map(RequestOptionsCodec::style).toList());
        }
        options.initialImage().ifPresent(initial -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("image", initial.image());
            fields.put("strength", initial.strength());
            initial.mask().ifPresent(mask -> fields.put("mask", mask));
            map.put("initialImage", fields);
        });
        if (!options.controls().isEmpty()) {
            map.put(
                    "controls",
                    options.controls().stream()
                            .map(control -> Map.<String, Object>of(
                                    "network", control.network(),
                                    "image", control.image(),
                                    "scale", control.scale(),
                                    "start", control.start(),
                                    "end", control.end()))
                            .toList());
        }
        options.hires()
                .ifPresent(pass -> map.put(
                        "hires",
                        Map.of(
                                "scale", pass.scale(),
                                "steps", pass.steps(),
                                "strength", pass.strength(),
                                "upscaler", pass.upscaler().name().toLowerCase(Locale.ROOT))));
        if (options.clipSkip() != 0) {
            map.put("clipSkip", options.clipSkip());
        }
        NoiseOptions noise = options.noise();
        if (!noise.equals(NoiseOptions.DEFAULT)) {
            map.put(
                    "noise",
                    Map.of(
                            "source", noise.source().id(),
                            "subseed", noise.subseed(),
                            "subseedStrength", noise.subseedStrength(),
                            "etaSeedDelta", noise.etaSeedDelta()));
        }
        options.eta().ifPresent(eta -> map.put("eta", eta));
        if (options.tiling()) {
            map.put("tiling", true);
        }
        options.recipient().ifPresent(key -> map.put("recipient", key));
        options.refinerSwitch().ifPresent(share -> map.put("refinerSwitch", share));
    }

    /** A style without a kind is a LoRA, as all were before there were kinds; other kinds have no weights. */
    private static Map<String, Object> style(StyleUse use) {
        if (use.kind() == StyleUse.Kind.LORA) {
            return Map.of(
                    "name", use.name(),
                    "file", use.file(),
                    "weight", use.weight(),
                    "textEncoderWeight", use.textEncoderWeight());
        }
        return Map.of("kind", use.kind().id(), "name", use.name(), "file", use.file());
    }

    private static StyleUse style(Fields use) {
        if (!use.has("kind")) {
            return new StyleUse(
                    use.text("name"), use.cid("file"), use.decimal("weight"), use.decimal("textEncoderWeight"));
        }
        StyleUse.Kind kind = named(StyleUse.Kind.values(), StyleUse.Kind::id, use.text("kind"));
        if (kind == StyleUse.Kind.LORA) {
            throw new CorruptDataException(
                    ErrorCode.MALFORMED_DATA,
                    "The request names the kind of a LoRA, which its canonical form leaves out");
        }
        return new StyleUse(kind, use.text("name"), use.cid("file"), 1, 1);
    }

    static RequestOptions read(Fields fields) {
        return new RequestOptions(
                fields.optionalMaps("styles").stream()
                        .map(RequestOptionsCodec::style)
                        .toList(),
                fields.optionalMap("initialImage")
                        .map(initial -> new InitialImage(
                                initial.cid("image"), initial.decimal("strength"), initial.optionalCid("mask"))),
                fields.optionalMaps("controls").stream()
                        .map(control -> new ControlInput(
                                control.text("network"),
                                control.cid("image"),
                                control.decimal("scale"),
                                control.decimal("start"),
                                control.decimal("end")))
                        .toList(),
                fields.optionalMap("hires")
                        .map(pass -> new HiresPass(
                                pass.decimal("scale"),
                                pass.integer("steps"),
                                pass.decimal("strength"),
                                named(
                                        HiresPass.Upscaler.values(),
                                        upscaler -> upscaler.name().toLowerCase(Locale.ROOT),
                                        pass.text("upscaler")))),
                fields.has("clipSkip") ? fields.integer("clipSkip") : 0,
                noise(fields.optionalMap("noise")),
                fields.has("eta") ? OptionalDouble.of(fields.decimal("eta")) : OptionalDouble.empty(),
                fields.has("tiling") && fields.flag("tiling"),
                fields.has("recipient") ? Optional.of(fields.bytes("recipient")) : Optional.empty(),
                fields.has("refinerSwitch")
                        ? OptionalDouble.of(fields.decimal("refinerSwitch"))
                        : OptionalDouble.empty());
    }

    private static NoiseOptions noise(Optional<Fields> noise) {
        return noise.map(fields -> new NoiseOptions(
                        named(NoiseOptions.Source.values(), NoiseOptions.Source::id, fields.text("source")),
                        fields.number("subseed"),
                        fields.decimal("subseedStrength"),
                        fields.integer("etaSeedDelta")))
                .orElse(NoiseOptions.DEFAULT);
    }

    private static <T> T named(T[] values, Function<T, String> name, String wanted) {
        for (T value : values) {
            if (name.apply(value).equals(wanted)) {
                return value;
            }
        }
        throw new CorruptDataException(
                ErrorCode.MALFORMED_DATA, "The request has an option of an unknown name; update this program");
    }
}
