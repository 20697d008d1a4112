package io.dreamprotocol.inference.diffusion.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.WeightChange;
import io.dreamprotocol.inference.diffusion.network.WeightLayout;
import io.dreamprotocol.inference.diffusion.weights.SafetensorsBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StyleModelTest {
    private static final Map<String, Shape> NETWORK = Map.of(
            "down_blocks.0.attentions.0.proj_in", Shape.of(2, 3),
            "down_blocks.0.resnets.0.conv1", Shape.of(2, 2, 1, 2),
            "mid_block.attentions.0.transformer_blocks.0.attn1.to_q", Shape.of(2, 3),
            "mid_block.attentions.0.transformer_blocks.0.attn1.to_out.0", Shape.of(2, 3));

    private static final float[] UP = {1, 2, 3, 4};
    private static final float[] DOWN = {1, 0, -1, 2, 1, 0};

    /** The product of the two, by hand. */
    private static final float[] PRODUCT = {5, 2, -1, 11, 4, -3};

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight, lora_unet_down_blocks_0_attentions_0_proj_in.lora_up.weight",
        "unet.down_blocks.0.attentions.0.proj_in.lora_A.weight, unet.down_blocks.0.attentions.0.proj_in.lora_B.weight",
        "unet.down_blocks.0.attentions.0.proj_in.lora.down.weight, unet.down_blocks.0.attentions.0.proj_in.lora.up.weight",
        "mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.down.weight,"
                + " mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.up.weight",
        "unet.mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_out_lora.down.weight,"
                + " unet.mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_out_lora.up.weight"
    })
    void everySpellingIsRead(String down, String up) {
        StyleModel style =
                load(new SafetensorsBytes().floats(down, List.of(2, 3), DOWN).floats(up, List.of(2, 2), UP));
        assertThat(style.parts()).containsExactly(ModelPart.UNET);
        assertThat(style.layerCount(ModelPart.UNET)).isOne();
        assertThat(added(style, 1)).containsExactly(PRODUCT);
    }

    @ParameterizedTest
    @CsvSource({
        "lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight, TEXT_ENCODER",
        "lora_te1_text_model_encoder_layers_0_mlp_fc1.lora_down.weight, TEXT_ENCODER",
        "lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight, TEXT_ENCODER_2",
        "text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_linear_layer.down.weight, TEXT_ENCODER",
        "text_encoder.encoder.layers.0.mlp.fc1.lora_A.weight, TEXT_ENCODER",
        "text_encoder_2.text_model.encoder.layers.0.mlp.fc1.lora_A.weight, TEXT_ENCODER_2"
    })
    void textEncodersAreChangedWithOrWithoutTheLevelOfTheTextModel(String down, ModelPart part) {
        String up = down.replace("lora_down", "lora_up")
                .replace("layer.down", "layer.up")
                .replace("lora_A", "lora_B");
        StyleModel style =
                load(new SafetensorsBytes().floats(down, List.of(1, 3), 1, 2, 3).floats(up, List.of(2, 1), 4, 5));
        assertThat(style.parts()).containsExactly(part);
        for (String name : List.of("text_model.encoder.layers.0.mlp.fc1", "encoder.layers.0.mlp.fc1")) {
            List<WeightChange> changes =
                    StyleChanges.of(List.of(new AppliedStyle(style, 9, 0.5)), part, Map.of(name, Shape.of(2, 3)));
            assertThat(changes).hasSize(1);
            assertThat(changes.getFirst().layer()).isEqualTo(name);
            float[] weight = new float[6];
            changes.getFirst().addTo(weight, WeightLayout.OUTPUT_MAJOR);
            assertThat(weight).containsExactly(2, 4, 6, 2.5f, 5, 7.5f);
        }
    }

    @Test
    void alphaOverRankScalesAndWeightsMultiply() {
        assertThat(added(load(kohya().halves("lora_unet_down_blocks_0_attentions_0_proj_in.alpha", List.of(), 1)), 1))
                .containsExactly(scaled(0.5f));
        assertThat(added(
                        load(kohya().floats("lora_unet_down_blocks_0_attentions_0_proj_in.alpha", List.of(1), 8)),
                        0.25))
                .containsExactly(scaled(1));
        byte[] four =
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(4).array();
        assertThat(added(
                        load(kohya().tensor(
                                        "lora_unet_down_blocks_0_attentions_0_proj_in.alpha", "I64", List.of(), four)),
                        -0.5))
                .containsExactly(scaled(-1));
        assertThat(added(load(kohya()), -2)).containsExactly(scaled(-2));
    }

    @Test
    void theAlphasThatDiffusersKeepsBesideTheTensorsScaleToo() {
        String json = "{\"unet.r\": 2, \"unet.lora_alpha\": 1, \"unet.alpha_pattern\": {%s}, \"unet.use_rslora\": %s}";
        assertThat(added(load(peft(json.formatted("", "false"))), 1)).containsExactly(scaled(0.5f));
        assertThat(added(load(peft(json.formatted("\"proj_in\": 4", "false"))), 1))
                .containsExactly(scaled(2));
        assertThat(added(load(peft(json.formatted("\"other.proj_in\": 4", "false"))), 1))
                .containsExactly(scaled(0.5f));
        assertThat(added(load(peft(json.formatted("", "true"))), 1)[0])
                .isCloseTo((float) (5 / Math.sqrt(2)), within(1e-6f));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"unet.lora_alpha\": \"much\"}",
                "{\"unet.lora_alpha\": 1, \"unet.alpha_pattern\": {\".*\": 1}}"
            })
    void malformedAlphasBesideTheTensorsAreRefused(String json) {
        assertThatThrownBy(() -> load(peft(json)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("lora_adapter_metadata");
    }

    @Test
    void doraInTheMetadataIsRefused() {
        assertThatThrownBy(() -> load(peft("{\"unet.use_dora\": true}")))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("DoRA");
    }

    @Test
    void convolutionsHaveTheirKernelInTheLowerFactor() {
        StyleModel style = load(new SafetensorsBytes()
                .floats("lora_unet_down_blocks_0_resnets_0_conv1.lora_down.weight", List.of(1, 2, 1, 2), 1, 2, 3, 4)
                .floats("lora_unet_down_blocks_0_resnets_0_conv1.lora_up.weight", List.of(2, 1, 1, 1), 1, -1));
        assertThat(added(style, 1)).containsExactly(1, 2, 3, 4, -1, -2, -3, -4);
    }

    @Test
    void aMiddleFactorIsAConvolutionBetweenTheTwo() {
        StyleModel style = load(new SafetensorsBytes()
                .floats("lora_unet_down_blocks_0_resnets_0_conv1.lora_down.weight", List.of(2, 2, 1, 1), 1, 2, 3, 4)
                .floats("lora_unet_down_blocks_0_resnets_0_conv1.lora_mid.weight", List.of(1, 2, 1, 2), 1, 10, 2, 20)
                .floats("lora_unet_down_blocks_0_resnets_0_conv1.lora_up.weight", List.of(2, 1, 1, 1), 1, -1)
                .floats("lora_unet_down_blocks_0_resnets_0_conv1.alpha", List.of(), 2));
        // Input 0 reaches rank 0 by 1 * (1, 10) + 3 * (2, 20), input 1 by 2 * (1, 10) + 4 * (2, 20).
        assertThat(added(style, 1)).containsExactly(7, 70, 10, 100, -7, -70, -10, -100);
    }

    @Test
    void transposedWeightsGetTheTransposedProduct() {
        Random random = new Random(3);
        for (int rank : new int[] {1, 3, 4, 7, 16}) {
            float[] down = random(random, rank * 5);
            float[] up = random(random, 3 * rank);
            StyleModel style = load(new SafetensorsBytes()
                    .floats("unet.a.lora_A.weight", List.of(rank, 5), down)
                    .floats("unet.a.lora_B.weight", List.of(3, rank), up));
            WeightChange change = StyleChanges.of(
                            List.of(AppliedStyle.of(style, 1)), ModelPart.UNET, Map.of("a", Shape.of(3, 5)))
                    .getFirst();
            float[] straight = random(new Random(9), 15);
            float[] transposed = new float[15];
            float[] expected = straight.clone();
            for (int row = 0; row < 3; row++) {
                for (int column = 0; column < 5; column++) {
                    transposed[column * 3 + row] = straight[row * 5 + column];
                    for (int k = 0; k < rank; k++) {
                        expected[row * 5 + column] += up[row * rank + k] * down[k * 5 + column];
                    }
                }
            }
            change.addTo(straight, WeightLayout.OUTPUT_MAJOR);
            change.addTo(transposed, WeightLayout.INPUT_MAJOR);
            assertThat(straight).containsExactly(expected, within(1e-5f));
            for (int row = 0; row < 3; row++) {
                for (int column = 0; column < 5; column++) {
                    assertThat(transposed[column * 3 + row]).isCloseTo(expected[row * 5 + column], within(1e-5f));
                }
            }
        }
    }

    @Test
    void aWeightOfZeroChangesNothing() {
        assertThat(StyleChanges.of(List.of(AppliedStyle.of(load(kohya()), 0)), ModelPart.UNET, NETWORK))
                .isEmpty();
    }

    @Test
    void severalStylesComeInTheirOrder() {
        StyleModel style = load(kohya());
        assertThat(StyleChanges.of(
                        List.of(AppliedStyle.of(style, 1), AppliedStyle.of(style, 2)), ModelPart.UNET, NETWORK))
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "lora_unet_x.dora_scale, DoRA",
        "unet.x.lora_magnitude_vector, DoRA",
        "lora_unet_x.hada_w1_a, LoHa",
        "lora_unet_x.lokr_w1, LoKr",
        "lora_unet_x.oft_blocks, OFT",
        "lora_unet_x.on_input, IA3",
        "lora_unet_x.diff, full differences",
        "lora_unet_x.diff_b, full differences",
        "lora_unet_x.w_norm, norms",
        "unet.x.lora_B.bias, biases",
        "bundle_emb.x.string_to_param.*, bundled embeddings",
        "transformer.blocks.0.attn.to_q.lora_A.weight, another architecture",
        "diffusion_model.blocks.0.lora_down.weight, another architecture",
        "emb_params, textual inversion",
        "x.weight, none of a LoRA",
        "lora_unet_.alpha, none of a LoRA"
    })
    void foreignEntriesAreNamed(String name, String kind) {
        assertThatThrownBy(() -> load(kohya().floats(name, List.of(1), 1)))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("style.safetensors")
                .hasMessageContaining(name)
                .hasMessageContaining(kind);
    }

    @Test
    void manyForeignEntriesAreCounted() {
        SafetensorsBytes bytes = kohya();
        for (int i = 0; i < 9; i++) {
            bytes.floats("foreign" + i, List.of(1), 1);
        }
        assertThatThrownBy(() -> load(bytes)).hasMessageContaining("foreign0, foreign1, foreign2 and 6 more");
    }

    @Test
    void incompleteAndContradictoryLayersAreRefused() {
        assertCorrupt(
                new SafetensorsBytes().floats("unet.a.lora_A.weight", List.of(1, 3), 1, 2, 3), "lacks the factor up");
        assertCorrupt(
                new SafetensorsBytes().floats("unet.a.lora_B.weight", List.of(3, 1), 1, 2, 3), "lacks the factor down");
        assertCorrupt(new SafetensorsBytes().floats("unet.a.alpha", List.of(), 1), "lacks the factor down");
        assertCorrupt(new SafetensorsBytes(), "has no tensors");
        assertCorrupt(
                new SafetensorsBytes()
                        .floats("unet.a.lora_A.weight", List.of(2, 3), DOWN)
                        .floats("unet.a.lora_B.weight", List.of(4, 1), UP),
                "do not fit each other");
        assertCorrupt(
                new SafetensorsBytes()
                        .floats("unet.a.lora_A.weight", List.of(6), DOWN)
                        .floats("unet.a.lora_B.weight", List.of(4, 1), UP),
                "where a matrix is needed");
        assertCorrupt(
                kohya().floats("lora_unet_down_blocks_0_attentions_0_proj_in.alpha", List.of(2), 1, 1),
                "where one number is needed");
        assertCorrupt(
                peft("{}").floats("unet.down_blocks.0.attentions.0.proj_in.lora.down.weight", List.of(2, 3), DOWN),
                "has both");
        assertCorrupt(
                kohya().floats(
                                "lora_unet_down_blocks_0_attentions_0_proj_in.lora_mid.weight",
                                List.of(2, 3, 1, 1),
                                DOWN),
                "middle factor");
    }

    @Test
    void numbersThatAreNotFiniteAreRefused() {
        assertCorrupt(
                new SafetensorsBytes()
                        .floats("unet.a.lora_A.weight", List.of(1, 1), Float.NaN)
                        .floats("unet.a.lora_B.weight", List.of(1, 1), 1),
                "not finite");
        assertCorrupt(
                kohya().floats(
                                "lora_unet_down_blocks_0_attentions_0_proj_in.alpha",
                                List.of(),
                                Float.POSITIVE_INFINITY),
                "not finite");
    }

    @Test
    void aStyleForAnotherArchitectureNamesWhatDoesNotFit() {
        StyleModel style = load(kohya());
        assertThatThrownBy(() -> StyleChanges.of(
                        List.of(AppliedStyle.of(style, 0)), ModelPart.UNET, Map.of("other", Shape.of(2, 3))))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("style.safetensors changes 1 layers that the model's unet does not have")
                .hasMessageContaining("proj_in")
                .hasMessageContaining("another architecture");
        assertThatThrownBy(() -> StyleChanges.of(
                        List.of(AppliedStyle.of(style, 1)),
                        ModelPart.UNET,
                        Map.of("down_blocks.0.attentions.0.proj_in", Shape.of(2, 4))))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("2 x 3")
                .hasMessageContaining("2 x 4");
    }

    @Test
    void twoSpellingsOfOneLayerAreRefused() {
        StyleModel style =
                load(kohya().floats("unet.down_blocks.0.attentions.0.proj_in.lora_A.weight", List.of(2, 3), DOWN)
                        .floats("unet.down_blocks.0.attentions.0.proj_in.lora_B.weight", List.of(2, 2), UP));
        assertThatThrownBy(() -> StyleChanges.of(List.of(AppliedStyle.of(style, 1)), ModelPart.UNET, NETWORK))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("twice");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 100.5, -101})
    void absurdWeightsAreRefused(double weight) {
        StyleModel style = load(kohya());
        assertThatThrownBy(() -> AppliedStyle.of(style, weight)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new AppliedStyle(style, 1, weight)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void randomChangesToAFileGiveAnErrorOrAStyle() {
        byte[] whole = kohya().halves("lora_unet_down_blocks_0_attentions_0_proj_in.alpha", List.of(), 1)
                .toArray();
        Random random = new Random(4711);
        int loaded = 0;
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = whole.clone();
            int changes = 1 + random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            Path file = SafetensorsBytes.write(folder.resolve("style.safetensors"), Arrays.copyOf(bytes, bytes.length));
            try {
                StyleModel style = StyleModel.load(file);
                StyleChanges.of(List.of(AppliedStyle.of(style, 1)), ModelPart.UNET, NETWORK)
                        .forEach(change -> change.addTo(new float[6], WeightLayout.INPUT_MAJOR));
                loaded++;
            } catch (DreamException e) {
                assertThat(e.getMessage()).doesNotContain("\n");
            }
        }
        assertThat(loaded).isBetween(1, 1999);
    }

    private static SafetensorsBytes kohya() {
        return new SafetensorsBytes()
                .floats("lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight", List.of(2, 3), DOWN)
                .floats("lora_unet_down_blocks_0_attentions_0_proj_in.lora_up.weight", List.of(2, 2), UP);
    }

    private static SafetensorsBytes peft(String alphas) {
        return new SafetensorsBytes()
                .metadata(Map.of("lora_adapter_metadata", alphas))
                .floats("unet.down_blocks.0.attentions.0.proj_in.lora_A.weight", List.of(2, 3), DOWN)
                .floats("unet.down_blocks.0.attentions.0.proj_in.lora_B.weight", List.of(2, 2), UP);
    }

    private StyleModel load(SafetensorsBytes bytes) {
        return StyleModel.load(bytes.write(folder.resolve("style.safetensors")));
    }

    private void assertCorrupt(SafetensorsBytes bytes, String reason) {
        assertThatThrownBy(() -> load(bytes))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("style.safetensors")
                .hasMessageContaining(reason);
    }

    /** What a style with one layer adds to that layer's weight. */
    private static float[] added(StyleModel style, double weight) {
        List<WeightChange> changes = StyleChanges.of(List.of(AppliedStyle.of(style, weight)), ModelPart.UNET, NETWORK);
        assertThat(changes).hasSize(1);
        float[] values = new float[NETWORK.get(changes.getFirst().layer()).elements()];
        changes.getFirst().addTo(values, WeightLayout.OUTPUT_MAJOR);
        return values;
    }

    private static float[] scaled(float factor) {
        float[] values = PRODUCT.clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return values;
    }

    private static float[] random(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
