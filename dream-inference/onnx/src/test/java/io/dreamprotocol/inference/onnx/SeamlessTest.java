package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.HiresPass;
import io.dreamprotocol.core.image.HiresPass.Upscaler;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.pipeline.ControlPicture;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionImageModel;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionRequest;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionResult;
import io.dreamprotocol.inference.diffusion.pipeline.InitialPicture;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionModel;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionPipeline;
import io.dreamprotocol.inference.diffusion.style.AppliedStyle;
import io.dreamprotocol.inference.diffusion.style.StyleModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pictures whose edges fit each other. The networks that make them know no edges, so whatever is moved round in the noise is
 * moved round in the picture, and nothing shows where its edges were.
 */
class SeamlessTest {
    private static final int SIDE = 128;
    private static final int FACTOR = 8;
    private static final int SEEDS = 5;

    /** By how many elements of the latents noise is moved: multiples of the tiny networks' own factor. */
    private static final int DOWN = 6;

    private static final int RIGHT = 2;

    private final OnnxRuntime runtime = OnnxRuntime.start(OnnxOptions.defaults());

    @Test
    void movedNoiseGivesTheMovedPicture() {
        try (StableDiffusionModel model = load("sd15")) {
            DiffusionRequest request = request(model).build();
            assertMoves(model, true, request, request);
        }
    }

    @Test
    void withoutJoinedEdgesItDoesNot() {
        try (StableDiffusionModel model = load("sd15")) {
            DiffusionRequest request = request(model).build();
            assertThat(difference(
                            moved(generate(model, false, request, 0, 0).images().getFirst()),
                            generate(model, false, request, DOWN, RIGHT)
                                    .images()
                                    .getFirst()))
                    .isGreaterThan(20);
        }
    }

    @Test
    void movedInitialPicturesAndNoiseGiveTheMovedPicture() {
        try (StableDiffusionModel model = load("sd15")) {
            RgbImage picture = picture();
            assertMoves(
                    model,
                    true,
                    request(model)
                            .initialPicture(new InitialPicture(picture, 0.6, Optional.empty()))
                            .build(),
                    request(model)
                            .initialPicture(new InitialPicture(moved(picture), 0.6, Optional.empty()))
                            .build());
        }
    }

    @Test
    void movedControlPicturesAndNoiseGiveTheMovedPicture() {
        try (StableDiffusionModel model = load("controlnet")) {
            RgbImage picture = picture();
            assertMoves(
                    model,
                    true,
                    request(model)
                            .control(new ControlPicture("controlnet", picture, 1, 0, 1))
                            .build(),
                    request(model)
                            .control(new ControlPicture("controlnet", moved(picture), 1, 0, 1))
                            .build());
        }
    }

    @Test
    void stylesWorkWithJoinedEdges() {
        Path file = GoldenFiles.root().resolve("lora/style_locon_kohya.safetensors");
        List<AppliedStyle> styles = List.of(AppliedStyle.of(StyleModel.load(file), 1));
        try (StableDiffusionModel model = load("sd15");
                StableDiffusionModel plain = model.with(List.of(), List.of(), true);
                StableDiffusionModel styled = model.with(styles, List.of(), true)) {
            DiffusionRequest request = request(model).build();
            RgbImage image = run(styled, request, 0, 0).images().getFirst();

            assertThat(difference(
                            moved(image),
                            run(styled, request, DOWN, RIGHT).images().getFirst()))
                    .isLessThanOrEqualTo(2);
            assertThat(image).isNotEqualTo(run(plain, request, 0, 0).images().getFirst());
        }
    }

    @ParameterizedTest
    @EnumSource(Upscaler.class)
    void aRequestWithTilingHasNoSeamAfterItsSecondPassEither(Upscaler upscaler) {
        ModelFolder folder = ModelFolder.open(GoldenFiles.root().resolve("pipelines/sd15/model"));
        try (DiffusionImageModel model = DiffusionImageModel.load("sd15", folder, runtime)) {
            HiresPass hires = new HiresPass(1.5, 6, 0.4, upscaler);
            double seam = 0;
            double plainSeam = 0;
            for (long seed = 0; seed < SEEDS; seed++) {
                RequestOptions options = RequestOptions.NONE.withHires(hires);
                seam += seam(generate(model, seed, options.withTiling(true)));
                plainSeam += seam(generate(model, seed, options));
            }
            assertThat(seam / SEEDS)
                    .as("steps over the edges over steps inside")
                    .isBetween(0.8, 1.2);
            assertThat(plainSeam / SEEDS).as("the same without tiling").isGreaterThan(1.2);
        }
    }

    private static RgbImage generate(DiffusionImageModel model, long seed, RequestOptions options) {
        CanonicalRequest request =
                new CanonicalRequest("a cat", "", model.descriptor().id(), 64, 64, 6, 5, seed, "DDIM", options);
        return model.generate(request, ProgressListener.NONE, new Cancellation())
                .image();
    }

    private StableDiffusionModel load(String kind) {
        return StableDiffusionModel.load(
                ModelFolder.open(
                        GoldenFiles.root().resolve("pipelines").resolve(kind).resolve("model")),
                runtime);
    }

    private static DiffusionRequest.Builder request(StableDiffusionModel model) {
        return DiffusionRequest.builder(model.folder(), "a cat").steps(6).size(SIDE, SIDE);
    }

    private static void assertMoves(
            StableDiffusionModel model, boolean seamless, DiffusionRequest request, DiffusionRequest movedRequest) {
        DiffusionResult still = generate(model, seamless, request, 0, 0);
        DiffusionResult moved = generate(model, seamless, movedRequest, DOWN, RIGHT);
        float[] expected = rolled(still.latents().toArray(), SIDE / FACTOR, DOWN, RIGHT);
        assertThat(GoldenComparison.largestDifference(moved.latents().toArray(), expected))
                .as("latents")
                .isLessThanOrEqualTo(1e-3 * Math.max(1, GoldenComparison.largest(expected)));
        assertThat(difference(moved(still.images().getFirst()), moved.images().getFirst()))
                .as("largest difference of the pictures")
                .isLessThanOrEqualTo(2);
    }

    private static DiffusionResult generate(
            StableDiffusionModel model, boolean seamless, DiffusionRequest request, int down, int right) {
        try (StableDiffusionModel changed = model.with(List.of(), List.of(), seamless)) {
            return run(changed, request, down, right);
        }
    }

    /** Makes a picture from noise that is moved round. */
    private static DiffusionResult run(StableDiffusionModel model, DiffusionRequest request, int down, int right) {
        var noise = NoiseKind.CPU.source(7);
        return new StableDiffusionPipeline(model)
                .generate(
                        request,
                        out -> {
                            noise.fill(out);
                            System.arraycopy(rolled(out, SIDE / FACTOR, down, right), 0, out, 0, out.length);
                        },
                        step -> {},
                        new Cancellation());
    }

    /** Moves square images round, one after another. */
    private static float[] rolled(float[] values, int side, int down, int right) {
        float[] rolled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int plane = i / (side * side);
            int row = (i / side + down) % side;
            int column = (i + right) % side;
            rolled[plane * side * side + row * side + column] = values[i];
        }
        return rolled;
    }

    private static RgbImage moved(RgbImage image) {
        byte[] rgb = image.toArray();
        byte[] moved = new byte[rgb.length];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int to = ((y + DOWN * FACTOR) % SIDE * SIDE + (x + RIGHT * FACTOR) % SIDE) * 3;
                System.arraycopy(rgb, (y * SIDE + x) * 3, moved, to, 3);
            }
        }
        return RgbImage.of(SIDE, SIDE, moved);
    }

    private static RgbImage picture() {
        byte[] rgb = new byte[SIDE * SIDE * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3 % SIDE * 2 + i / (3 * SIDE) % 5 * 9 + i % 3 * 40);
        }
        return RgbImage.of(SIDE, SIDE, rgb);
    }

    private static int difference(RgbImage a, RgbImage b) {
        byte[] one = a.toArray();
        byte[] other = b.toArray();
        int largest = 0;
        for (int i = 0; i < one.length; i++) {
            largest = Math.max(largest, Math.abs((one[i] & 0xff) - (other[i] & 0xff)));
        }
        return largest;
    }

    /** How much rows and columns on both sides of the edges differ, over how much those inside do. */
    private static double seam(RgbImage image) {
        int side = image.width();
        double over = 0;
        double inside = 0;
        for (int line = 0; line < side; line++) {
            double steps = 0;
            for (int at = 0; at < side; at++) {
                steps += step(image, line, at, (line + 1) % side, at) + step(image, at, line, at, (line + 1) % side);
            }
            if (line + 1 == side) {
                over = steps;
            } else {
                inside += steps / (side - 1);
            }
        }
        return over / inside;
    }

    private static double step(RgbImage image, int x, int y, int otherX, int otherY) {
        int a = image.pixel(x, y);
        int b = image.pixel(otherX, otherY);
        double sum = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            sum += Math.abs((a >> shift & 0xff) - (b >> shift & 0xff));
        }
        return sum;
    }
}
