package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.NoiseOptions;
import io.dreamprotocol.core.image.RequestOptions;
import java.util.Locale;

/** Tells programs of those options that a request uses, each as a member of its own. */
final class OptionsReport {
    private OptionsReport() {}

    static void write(CanonicalRequest request, Json json) {
        RequestOptions options = request.options();
        if (!options.styles().isEmpty()) {
            json.array("styles");
            options.styles()
                    .forEach(use -> json.object()
                            .member("name", use.name())
                            .member("file", use.file().toString())
                            .member("weight", use.weight())
                            .member("textEncoderWeight", use.textEncoderWeight())
                            .end());
            json.endArray();
        }
        options.initialImage().ifPresent(initial -> {
            json.object("initialImage")
                    .member("image", initial.image().toString())
                    .member("strength", initial.strength());
            initial.mask().ifPresent(mask -> json.member("mask", mask.toString()));
            json.end();
        });
        if (!options.controls().isEmpty()) {
            json.array("controls");
            options.controls()
                    .forEach(control -> json.object()
                            .member("network", control.network())
                            .member("image", control.image().toString())
                            .member("scale", control.scale())
                            .member("start", control.start())
                            .member("end", control.end())
                            .end());
            json.endArray();
        }
        options.hires()
                .ifPresent(pass -> json.object("hires")
                        .member("firstWidth", request.width())
                        .member("firstHeight", request.height())
                        .member("scale", pass.scale())
                        .member("steps", pass.steps())
                        .member("strength", pass.strength())
                        .member("upscaler", pass.upscaler().name().toLowerCase(Locale.ROOT))
                        .end());
        if (options.clipSkip() != 0) {
            json.member("clipSkip", options.clipSkip());
        }
        if (!options.noise().equals(NoiseOptions.DEFAULT)) {
            json.object("noise")
                    .member("source", options.noise().source().id())
                    .member("variationSeed", options.noise().subseed())
                    .member("variationStrength", options.noise().subseedStrength())
                    .member("ensd", options.noise().etaSeedDelta())
                    .end();
        }
        options.eta().ifPresent(eta -> json.member("eta", eta));
        if (options.tiling()) {
            json.member("tiling", true);
        }
        options.refinerSwitch().ifPresent(share -> json.member("refinerSwitch", share));
    }
}
