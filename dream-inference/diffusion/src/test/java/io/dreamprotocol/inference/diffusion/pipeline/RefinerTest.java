package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a refiner of the published shape is told, and when: by the rule of diffusers, in which the base denoises at timesteps from
 * {@code round(T - T * share)} on, and the ids of SDXL's refiner, (original size, crop, aesthetic score).
 */
class RefinerTest {
    private static final Path SDXL = Path.of(System.getProperty("dream.golden"), "pipelines", "sdxl", "model");
    private static final long ANY = Shape.DYNAMIC;
    private static final int TOKENS = 77;

    @TempDir
    Path root;

    private final FakeRuntime runtime = new FakeRuntime();

    @BeforeEach
    void giveTheModelARefiner() throws IOException {
        Files.walkFileTree(SDXL, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path to = root.resolve(SDXL.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
                return FileVisitResult.CONTINUE;
            }
        });
        Files.createDirectories(root.resolve("refiner"));
        Files.writeString(root.resolve("refiner/model.onnx"), "not read by the fake engine");
        write(32, 4, 32 + 5 * 8);
        for (String encoder : List.of("text_encoder", "text_encoder_2")) {
            FakeRuntime.declare(runtime.inputs, encoder, "input_ids", ElementType.INT32, ANY, ANY);
            for (String output : List.of("hidden_states.0", "hidden_states.1", "hidden_states.2", "hidden_states.3")) {
                FakeRuntime.declare(runtime.outputs, encoder, output, ElementType.FLOAT32, ANY, ANY, 32);
            }
        }
        FakeRuntime.declare(runtime.outputs, "text_encoder_2", "text_embeds", ElementType.FLOAT32, ANY, 32);
        for (Map.Entry<String, Integer> unet : Map.of("unet", 64, "refiner", 32).entrySet()) {
            String part = unet.getKey();
            FakeRuntime.declare(runtime.inputs, part, "sample", ElementType.FLOAT32, ANY, 4, ANY, ANY);
            FakeRuntime.declare(runtime.inputs, part, "timestep", ElementType.INT64, ANY);
            FakeRuntime.declare(
                    runtime.inputs, part, "encoder_hidden_states", ElementType.FLOAT32, ANY, ANY, unet.getValue());
            FakeRuntime.declare(runtime.inputs, part, "text_embeds", ElementType.FLOAT32, ANY, 32);
            FakeRuntime.declare(runtime.inputs, part, "time_ids", ElementType.FLOAT32, ANY, ANY);
            FakeRuntime.declare(runtime.outputs, part, "out_sample", ElementType.FLOAT32, ANY, 4, ANY, ANY);
        }
    }

    private void write(int textWidth, int channels, int projection) throws IOException {
        String config = Files.readString(SDXL.resolve("unet/config.json"))
                .replace("\"cross_attention_dim\": 64", "\"cross_attention_dim\": " + textWidth)
                .replace("\"in_channels\": 4", "\"in_channels\": " + channels)
                .replace(
                        "\"projection_class_embeddings_input_dim\": 80",
                        "\"projection_class_embeddings_input_dim\": " + projection);
        Files.writeString(root.resolve("refiner/config.json"), config);
    }

    @Test
    void itIsCalledBelowTheTimestepOfTheSwitch() {
        generate(0.8);

        assertThat(timesteps(runtime.unetCalls)).isNotEmpty().allMatch(timestep -> timestep >= 200);
        assertThat(timesteps(runtime.refinerCalls)).isNotEmpty().allMatch(timestep -> timestep < 200);
        assertThat(runtime.unetCalls.size() + runtime.refinerCalls.size()).isEqualTo(20);
        assertThat(runtime.refinerCalls).hasSize(4);
    }

    @Test
    void itIsToldTheSecondEncodersTextAndTheAestheticScores() {
        generate(0.5);

        Map<String, float[]> call = runtime.refinerCalls.getFirst();
        assertThat(call.get("time_ids")).containsExactly(64, 80, 0, 0, 2.5f, 64, 80, 0, 0, 6);
        assertThat(call.get("text_embeds")).hasSize(2 * 32);
        float[] text = call.get("encoder_hidden_states");
        assertThat(text).hasSize(2 * TOKENS * 32);
        float[] base = runtime.unetCalls.getFirst().get("encoder_hidden_states");
        assertThat(base).hasSize(2 * TOKENS * 64);
        for (int token = 0; token < 2 * TOKENS; token++) {
            assertThat(Arrays.copyOfRange(text, token * 32, (token + 1) * 32))
                    .isEqualTo(Arrays.copyOfRange(base, token * 64 + 32, (token + 1) * 64));
        }
        assertThat(runtime.unetCalls.getFirst().get("time_ids")).hasSize(12);
    }

    @Test
    void withoutASwitchItIsNeitherLoadedNorCalled() {
        try (StableDiffusionModel model = StableDiffusionModel.load(ModelFolder.open(root), runtime)) {
            int open = runtime.open.get();
            run(model, request(model).build());
            assertThat(runtime.open).hasValue(open);
            assertThat(runtime.refinerCalls).isEmpty();

            run(model, request(model).refinerSwitch(0.8).build());
            assertThat(runtime.open).hasValue(open + 1);
        }
        assertThat(runtime.open).hasValue(0);
    }

    @Test
    void itsFilesBelongToTheModel() {
        assertThat(ModelFolder.open(root).files()).anyMatch(file -> file.path().equals("refiner/model.onnx"));
    }

    @Test
    void aRefinerOfAnotherShapeIsRefused() throws IOException {
        write(48, 4, 72);
        assertCode(ErrorCode.MODEL_SHAPE_MISMATCH);
        write(32, 9, 72);
        assertCode(ErrorCode.MODEL_SHAPE_MISMATCH);
        write(32, 4, 72);
        Files.delete(root.resolve("refiner/model.onnx"));
        assertCode(ErrorCode.MODEL_FILE_MISSING);
    }

    private void assertCode(ErrorCode code) {
        DreamException error = catchThrowableOfType(DreamException.class, () -> ModelFolder.open(root));
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.getMessage()).contains("refiner");
    }

    @Test
    void aModelWithoutOneCannotSwitch() {
        try (StableDiffusionModel model = StableDiffusionModel.load(ModelFolder.open(SDXL), runtime)) {
            DiffusionRequest request = request(model).refinerSwitch(0.8).build();
            DreamException error =
                    catchThrowableOfType(DreamException.class, () -> new StableDiffusionPipeline(model).check(request));
            assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED);
            assertThat(error.getMessage()).contains("has no refiner");
        }
    }

    private void generate(double share) {
        try (StableDiffusionModel model = StableDiffusionModel.load(ModelFolder.open(root), runtime)) {
            run(model, request(model).refinerSwitch(share).build());
        }
    }

    private static DiffusionRequest.Builder request(StableDiffusionModel model) {
        return DiffusionRequest.builder(model.folder(), "a cat")
                .negativePrompts("a dog")
                .size(80, 64)
                .steps(20);
    }

    private static void run(StableDiffusionModel model, DiffusionRequest request) {
        new StableDiffusionPipeline(model)
                .denoise(request, NoiseKind.CPU.source(1), step -> {}, LatentRecorder.NONE, new Cancellation());
    }

    private static List<Float> timesteps(List<Map<String, float[]>> calls) {
        return calls.stream().map(call -> call.get("timestep")[0]).toList();
    }
}
