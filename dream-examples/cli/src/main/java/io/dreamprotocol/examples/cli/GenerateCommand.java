package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.ledger.Job;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;

/** Makes images for a prompt. */
final class GenerateCommand implements Command {
    /** The most images of one run. */
    static final int MAX_COUNT = 1000;

    /** Seeds that are drawn for a user have 32 bits, so that people can copy them. */
    private static final long RANDOM_SEEDS = 1L << 32;

    private static final String NEGATIVE = "--negative";
    private static final String SEED = "--seed";
    private static final String STEPS = "--steps";
    private static final String GUIDANCE = "--guidance";
    private static final String SCHEDULER = "--scheduler";
    private static final String WIDTH = "--width";
    private static final String HEIGHT = "--height";
    private static final String COUNT = "--count";
    private static final String PREVIEW = "--preview";
    private static final String PRIVATE = "--private";

    @Override
    public String name() {
        return "generate";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Makes an image for a prompt.",
                "Submits a job, does it on this machine, stores the image, pays for it, and writes a PNG file that"
                        + " carries its signed receipt.",
                "dream generate \"a red apple, flat style\"",
                "dream generate \"a fox on a sky blue background\" --seed 7 --out fox.png",
                "dream generate \"a teapot\" --count 4 --seed 1 --out 'teapots/{seed}.png'",
                "dream generate \"a lighthouse\" --model ./models/sd15 --provider cuda",
                "dream generate \"a cat\" --json",
                "dream generate \"a diary\" --private",
                "dream generate \"a cat, noto style\" --lora ./noto.safetensors:0.8",
                "dream generate \"a cat\" --grid \"steps=10,20 guidance=3,7\" --seed 1",
                "dream generate --like fox.png");
        Options.positional(
                spec, "0..*", "PROMPT", "what the image should show; put -- before one that begins with a dash");
        Options.text(spec, NEGATIVE, "TEXT", "what it should not show");
        Options.text(spec, SEED, "N", "seed of the noise; the same seed gives the same bytes (default: random)");
        Options.text(spec, STEPS, "N", "denoising steps, 1 to 1000 (default: the model's)");
        Options.text(spec, GUIDANCE, "X", "guidance scale, 0 to 100; 1 switches it off (default: the model's)");
        Options.text(spec, SCHEDULER, "NAME", "scheduler; 'dream models NAME' lists them (default: the model's)");
        Options.text(spec, WIDTH, "N", "width in pixels (default: the model's)");
        Options.text(spec, HEIGHT, "N", "height in pixels (default: the model's)");
        Options.text(spec, COUNT, "N", "how many images, with seeds N, N+1, ... (default: 1)");
        Options.text(spec, LikeImage.OPTION, "FILE", "ask for what this image says it was made by");
        DetailOptions.describe(spec);
        Options.text(
                spec,
                Grid.OPTION,
                "AXES",
                "an image for each cell and a sheet of all, as \"steps=10,20 guidance=3,7\"");
        Options.flag(
                spec, PRIVATE, "seal the image and its receipt, so that the store has nothing that others can see");
        Options.flag(spec, PREVIEW, "show the unfinished image after each step, on a terminal with all colours");
        Options.model(spec);
        Options.output(spec);
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        Optional<LikeImage> like =
                arguments.text(LikeImage.OPTION).map(file -> LikeImage.read(file, arguments, context));
        StyleModels styles = new StyleModels(
                arguments, context, like.map(LikeImage::styleHashes).orElse(List.of()));
        GenerationRequest request =
                styles.withWantedWords(styles.withTagged(request(like, styles, arguments, context)));
        Optional<Grid> grid = arguments.text(Grid.OPTION).map(axes -> Grid.parse(axes, arguments));
        int count = grid.map(Grid::size).orElse(count(arguments));
        long seed = firstSeed(arguments, request, count);
        String model = arguments.text(Options.MODEL).or(request::model).orElse(ModelAddress.DEFAULT);
        String address = ModelAddress.of(model, arguments, context);
        ImageTarget target = ImageTarget.of(arguments.text(Options.OUT), count > 1, context);
        ImageReport report = new ImageReport(arguments, context.terminal());
        try (ModelLoading loading = ModelLoading.start(address, context);
                Workspace workspace = Workspace.open(arguments, context);
                ProgressBar bar =
                        new ProgressBar(context.terminal(), !report.isForPeople(), preview(arguments, context))) {
            bar.wait("loading the model");
            target.prepare();
            Optional<Bytes> recipient = arguments.flag(PRIVATE)
                    ? Optional.of(workspace.data().newSealKey().publicKey())
                    : Optional.empty();
            Production production = new Production(workspace, context);
            ImageModel loaded = loading.await(context.interrupt());
            GenerationRequest whole =
                    styles.withLibrary(request, workspace.ledger().styles());
            GenerationRequest suited = like.map(image -> image.suited(whole, loaded.descriptor(), arguments, context))
                    .orElse(whole);
            styles.provide(suited, workspace.blobs());
            RequestFiles.require(suited, workspace.blobs());
            Optional<ContactSheet> sheet = grid.map(ContactSheet::new);
            for (int number = 1; number <= count; number++) {
                GenerationRequest one = grid.isPresent()
                        ? styles.withLibrary(
                                styles.withTagged(grid.get().apply(suited.withSeed(seed), number - 1, arguments)),
                                workspace.ledger().styles())
                        : suited.withSeed(seed + number - 1);
                // Never as in the image that it is like: that one's requester may be another.
                GenerationRequest addressed = one.withOptions(one.options().withRecipient(recipient));
                GeneratedImage image = make(production, addressed, loaded, bar, label(number, count));
                report.image(image, target.write(image, number), workspace.ledger());
                sheet.ifPresent(cells -> cells.add(image.pixels()));
            }
            if (sheet.isPresent()) {
                report.sheet(target.writeSheet(sheet.get().draw()));
            }
        } catch (DreamException e) {
            report.fail(e);
            throw e;
        }
        report.end();
        return ExitStatus.OK;
    }

    private static boolean preview(Arguments arguments, Context context) {
        if (!arguments.flag(PREVIEW)) {
            return false;
        }
        Terminal.Abilities abilities = context.terminal().abilities();
        if (!abilities.errIsTerminal() || !abilities.trueColour()) {
            throw arguments.usage(
                    PREVIEW + " needs a terminal that shows all colours; set COLORTERM=truecolor if it does");
        }
        return true;
    }

    private static GeneratedImage make(
            Production production, GenerationRequest request, ImageModel model, ProgressBar bar, String label) {
        Job job = production.submit(request, model);
        GeneratedImage image = production.perform(job, model, progress -> bar.step(label, progress));
        bar.close();
        return image;
    }

    private static String label(int number, int count) {
        return count == 1 ? "generating" : "generating " + number + "/" + count;
    }

    /** Returns what the options ask for. */
    static GenerationRequest request(
            Optional<LikeImage> like, StyleModels styles, Arguments arguments, Context context) {
        String prompt = String.join(" ", arguments.positional());
        if (like.isEmpty() && arguments.positional().isEmpty()) {
            throw arguments.usage("Say what the image should show, or give an image by " + LikeImage.OPTION);
        }
        GenerationRequest request = like.map(LikeImage::request).orElse(GenerationRequest.of(prompt));
        request = arguments.positional().isEmpty() ? request : request.withPrompt(prompt);
        request = arguments.text(NEGATIVE).map(request::withNegativePrompt).orElse(request);
        request = arguments.text(SCHEDULER).map(request::withScheduler).orElse(request);
        OptionalInt width = arguments.integer(WIDTH, ErrorCode.INVALID_SIZE);
        request = width.isPresent() ? request.withWidth(width.getAsInt()) : request;
        OptionalInt height = arguments.integer(HEIGHT, ErrorCode.INVALID_SIZE);
        request = height.isPresent() ? request.withHeight(height.getAsInt()) : request;
        OptionalInt steps = arguments.integer(STEPS, ErrorCode.INVALID_STEPS);
        request = steps.isPresent() ? request.withSteps(steps.getAsInt()) : request;
        OptionalDouble guidance = arguments.decimal(GUIDANCE);
        request = guidance.isPresent() ? request.withGuidanceScale(guidance.getAsDouble()) : request;
        OptionalDouble strength = like.map(LikeImage::strength).orElse(OptionalDouble.empty());
        return new DetailOptions(arguments, context).apply(request, styles, strength);
    }

    /** Returns the request with the seed that the options name; without one if they name none. */
    static GenerationRequest seeded(GenerationRequest request, Arguments arguments) {
        OptionalLong seed = arguments.longInteger(SEED, ErrorCode.INVALID_REQUEST);
        return seed.isPresent() ? request.withSeed(seed.getAsLong()) : request;
    }

    private static int count(Arguments arguments) {
        int count = arguments.integer(COUNT, ErrorCode.INVALID_REQUEST).orElse(1);
        if (count < 1 || count > MAX_COUNT) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, "The count must be between 1 and " + MAX_COUNT + ", not " + count);
        }
        return count;
    }

    /** Returns the seed of the first image, from which those of the others count up. */
    private static long firstSeed(Arguments arguments, GenerationRequest request, int count) {
        OptionalLong given = arguments.longInteger(SEED, ErrorCode.INVALID_REQUEST);
        OptionalLong seed = given.isPresent() ? given : request.seed();
        if (seed.isEmpty()) {
            return new SecureRandom().nextLong(RANDOM_SEEDS);
        }
        if (seed.getAsLong() > Long.MAX_VALUE - count) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "The seed is too large: " + seed.getAsLong() + "; the largest is 2^63 - 1, less the count");
        }
        return seed.getAsLong();
    }
}
