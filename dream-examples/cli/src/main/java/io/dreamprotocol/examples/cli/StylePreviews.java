package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.Infotext;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.PngChunk;
import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Images that show what a style model does, made by the model itself. */
final class StylePreviews {
    private static final String PREVIEW = "--preview";
    private static final String PROMPT = "--preview-prompt";
    private static final String SUBJECT = "a fox";

    private StylePreviews() {}

    static void describe(CommandSpec spec) {
        Options.text(
                spec,
                PREVIEW,
                "N",
                "make N previews by the model itself, up to " + StyleManifest.MAX_PREVIEWS + " (default: none)");
        Options.text(spec, PROMPT, "TEXT", "what they show (default: " + SUBJECT + " and the trigger words)");
        Options.model(spec);
    }

    /** Makes the previews that the options ask for, as files in a folder. */
    static List<Path> make(StyleDraft draft, Path folder, MarketRun run) {
        Arguments arguments = run.arguments();
        int count = arguments.integer(PREVIEW, ErrorCode.INVALID_REQUEST).orElse(0);
        if (count < 0 || count > StyleManifest.MAX_PREVIEWS) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    PREVIEW + " must be between 0 and " + StyleManifest.MAX_PREVIEWS + ", not " + count);
        }
        if (count == 0) {
            return List.of();
        }
        String wanted = draft.kind() == StyleKind.CHECKPOINT
                ? draft.path().toString()
                : arguments.text(Options.MODEL).orElse(ModelAddress.DEFAULT);
        List<Path> previews = new ArrayList<>();
        String address = ModelAddress.of(wanted, arguments, run.context());
        try (ModelLoading loading = ModelLoading.start(address, run.context());
                ProgressBar bar = new ProgressBar(run.terminal(), run.json(), false)) {
            bar.wait("loading the model");
            ImageModel model = loading.await(run.context().interrupt());
            for (int seed = 1; seed <= count; seed++) {
                previews.add(one(request(draft, run), seed, model, bar, folder, run));
            }
        }
        return previews;
    }

    private static GenerationRequest request(StyleDraft draft, MarketRun run) {
        List<String> words = new ArrayList<>(List.of(SUBJECT));
        words.addAll(draft.triggers());
        GenerationRequest request =
                GenerationRequest.of(run.arguments().text(PROMPT).orElse(String.join(", ", words)));
        return switch (draft.kind()) {
            case LORA -> request.withStyle(draft.name(), content(draft, run), 1, 1);
            case TEXTUAL_INVERSION ->
                request.withPrompt(request.prompt() + ", " + draft.name()).withWord(draft.name(), content(draft, run));
            case CHECKPOINT, CONTROL_NET -> request;
        };
    }

    private static Bytes content(StyleDraft draft, MarketRun run) {
        return InputFile.whole(draft.path().toString(), StyleModels.MAX_BYTES, run.arguments(), run.context());
    }

    private static Path one(
            GenerationRequest request, long seed, ImageModel model, ProgressBar bar, Path folder, MarketRun run) {
        CanonicalRequest exact = request.complete(model.descriptor(), seed);
        model.check(exact);
        ModelOutput output = model.generate(
                exact,
                cid -> new ByteArrayInputStream(request.attachments().getFirst().toArray()),
                progress -> bar.step("preview " + seed, progress),
                run.context().interrupt());
        Path file = folder.resolve("preview-" + seed + ".png");
        try {
            Files.write(
                    file,
                    PngPixels.encode(
                                    output.image(),
                                    List.of(PngChunk.ofText(
                                            Infotext.KEYWORD, Infotext.of(exact).toString())))
                            .toBytes());
        } catch (IOException e) {
            throw FileErrors.writing(file.toString(), e);
        }
        return file;
    }
}
