package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionRequest;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionModel;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionPipeline;
import io.dreamprotocol.inference.diffusion.style.AppliedStyle;
import io.dreamprotocol.inference.diffusion.style.StyleModel;
import io.dreamprotocol.inference.diffusion.style.TextualInversion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Styles on a loaded model, as requests use them. */
class StyledModelTest {
    private static final Path GOLDEN = GoldenFiles.root().resolve("lora");

    private static ModelFolder folder;
    private static StableDiffusionModel model;

    @BeforeAll
    static void load() {
        folder = ModelFolder.open(GoldenFiles.root().resolve("pipelines/sd15/model"));
        model = StableDiffusionModel.load(
                folder, OnnxRuntime.start(OnnxOptions.defaults().withThreads(1)));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void requestsInManyStylesRunBesideEachOther() throws Exception {
        StyleModel a = style("style_a_kohya");
        StyleModel b = style("style_b_peft");
        List<List<AppliedStyle>> sets = List.of(
                List.of(),
                List.of(AppliedStyle.of(a, 1)),
                List.of(AppliedStyle.of(b, 1)),
                List.of(AppliedStyle.of(a, 0.5), AppliedStyle.of(b, -0.5)),
                List.of(new AppliedStyle(a, 0, 1)),
                List.of(AppliedStyle.of(a, 0.25)),
                List.of(AppliedStyle.of(b, 0.75)));
        List<float[]> expected = new ArrayList<>();
        for (List<AppliedStyle> set : sets) {
            expected.add(latents(set));
        }
        assertThat(expected.stream().map(Arrays::toString).distinct()).hasSize(sets.size());
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 42; i++) {
                List<AppliedStyle> set = sets.get(i * 5 % sets.size());
                results.add(threads.submit(() -> latents(set)));
            }
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).containsExactly(expected.get(i * 5 % sets.size()));
            }
        }
    }

    @Test
    void noStyleAndWeightZeroAreThePlainModel() {
        float[] plain = latents(model);
        assertThat(latents(List.of())).containsExactly(plain);
        assertThat(latents(List.of(AppliedStyle.of(style("style_a_kohya"), 0)))).containsExactly(plain);
    }

    @Test
    void stylesOfAModelUnderStylesTakeThePlaceOfItsOwn() {
        StyleModel a = style("style_a_kohya");
        try (StableDiffusionModel styled = model.with(List.of(AppliedStyle.of(a, 1)), List.of());
                StableDiffusionModel again = styled.with(List.of(AppliedStyle.of(a, 0.5)), List.of());
                StableDiffusionModel plain = styled.with(List.of(), List.of())) {
            assertThat(latents(again)).containsExactly(latents(List.of(AppliedStyle.of(a, 0.5))));
            assertThat(latents(plain)).containsExactly(latents(model));
        }
    }

    @Test
    void aStyleForAnotherArchitectureIsRefusedAndTheModelGoesOn(@TempDir Path cache) throws IOException {
        Path file = cache.resolve("gloss.safetensors");
        String resource = "io/dreamprotocol/inference/models/dream-mini-gloss.safetensors";
        try (InputStream in = StyledModelTest.class.getClassLoader().getResourceAsStream(resource)) {
            Files.copy(in, file);
        }
        StyleModel gloss = StyleModel.load(file);
        assertThatThrownBy(() -> model.with(List.of(AppliedStyle.of(gloss, 1)), List.of()))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("gloss.safetensors")
                .hasMessageContaining("another architecture");
        assertThat(latents(List.of(AppliedStyle.of(style("style_b_kohya"), 1)))).isNotEmpty();
    }

    @Test
    void wordsThatTheModelCannotTakeAreRefused() {
        TextualInversion known = TextualInversion.load(GOLDEN.resolve("cat-toy_diffusers.safetensors"), "a");
        assertThatThrownBy(() -> model.with(List.of(), List.of(known))).isInstanceOf(InvalidInputException.class);
        TextualInversion word = TextualInversion.load(GOLDEN.resolve("cat-toy_diffusers.safetensors"));
        assertThatThrownBy(() -> model.with(List.of(), List.of(word, word)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("<cat-toy>");
    }

    @Test
    void stylesAndWordsGoTogether() {
        StyleModel a = style("style_a_kohya");
        TextualInversion word = TextualInversion.load(GOLDEN.resolve("cat-toy_diffusers.safetensors"));
        try (StableDiffusionModel styled = model.with(List.of(AppliedStyle.of(a, 1)), List.of(word));
                StableDiffusionModel onlyStyled = model.with(List.of(AppliedStyle.of(a, 1)), List.of())) {
            assertThat(latents(styled, "a photo")).containsExactly(latents(onlyStyled, "a photo"));
            assertThat(latents(styled, "a <cat-toy>")).isNotEqualTo(latents(onlyStyled, "a <cat-toy>"));
        }
    }

    @Test
    void stylesForTwoTextEncodersHaveOriginalNamesOrThoseOfDiffusers(@TempDir Path files) throws IOException {
        StyleModel kohya = StyleModel.load(write(
                files.resolve("kohya.safetensors"),
                "lora_unet_input_blocks_3_1_transformer_blocks_0_attn1_to_q.lora_%s.weight",
                "lora_te1_text_model_encoder_layers_0_mlp_fc1.lora_%s.weight",
                "lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_%s.weight",
                "down",
                "up"));
        StyleModel peft = StyleModel.load(write(
                files.resolve("peft.safetensors"),
                "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora_%s.weight",
                "text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_%s.weight",
                "text_encoder_2.text_model.encoder.layers.0.mlp.fc1.lora_%s.weight",
                "A",
                "B"));
        ModelFolder xl = ModelFolder.open(GoldenFiles.root().resolve("pipelines/sdxl/model"));
        try (StableDiffusionModel base = StableDiffusionModel.load(xl, OnnxRuntime.start(OnnxOptions.defaults()));
                StableDiffusionModel first = base.with(List.of(AppliedStyle.of(kohya, 1)), List.of());
                StableDiffusionModel second = base.with(List.of(AppliedStyle.of(peft, 1)), List.of());
                StableDiffusionModel onlyText = base.with(List.of(new AppliedStyle(peft, 0, 1)), List.of());
                StableDiffusionModel onlyUnet = base.with(List.of(new AppliedStyle(peft, 1, 0)), List.of())) {
            float[] styled = latents(first);
            assertThat(latents(second)).containsExactly(styled);
            assertThat(Stream.of(styled, latents(base), latents(onlyText), latents(onlyUnet))
                            .map(Arrays::toString))
                    .doesNotHaveDuplicates();
        }
        assertThatThrownBy(() -> model.with(List.of(AppliedStyle.of(kohya, 1)), List.of()))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("text_encoder_2, which the model does not have");
    }

    /** Writes a style of rank 1 for a layer of the denoising network and one of each text encoder. */
    private static Path write(Path file, String unet, String first, String second, String down, String up)
            throws IOException {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        shapes.put(unet.formatted(down), new int[] {1, 16});
        shapes.put(unet.formatted(up), new int[] {16, 1});
        shapes.put(first.formatted(down), new int[] {1, 32});
        shapes.put(first.formatted(up), new int[] {64, 1});
        shapes.put(second.formatted(down), new int[] {1, 32});
        shapes.put(second.formatted(up), new int[] {64, 1});
        StringBuilder header = new StringBuilder("{");
        int end = 0;
        for (Map.Entry<String, int[]> shape : shapes.entrySet()) {
            int begin = end;
            end += shape.getValue()[0] * shape.getValue()[1] * Float.BYTES;
            header.append(header.length() == 1 ? "" : ",")
                    .append("\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(shape.getKey(), Arrays.toString(shape.getValue()), begin, end));
        }
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + json.length + end)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json);
        for (int i = 0; bytes.hasRemaining(); i++) {
            bytes.putFloat((float) Math.sin(i));
        }
        return Files.write(file, bytes.array());
    }

    private static StyleModel style(String name) {
        return StyleModel.load(GOLDEN.resolve(name + ".safetensors"));
    }

    private static float[] latents(List<AppliedStyle> styles) {
        try (StableDiffusionModel styled = model.with(styles, List.of())) {
            return latents(styled);
        }
    }

    private static float[] latents(StableDiffusionModel styled) {
        return latents(styled, "a photo of a cat");
    }

    private static float[] latents(StableDiffusionModel styled, String prompt) {
        DiffusionRequest request =
                DiffusionRequest.builder(folder, prompt).size(64, 64).steps(2).build();
        return new StableDiffusionPipeline(styled)
                .generate(request, NoiseKind.CPU.source(5), step -> {}, new Cancellation())
                .latents()
                .toArray();
    }
}
