package io.dreamprotocol.inference.diffusion.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.GoldenFiles;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.WeightChange;
import io.dreamprotocol.inference.diffusion.network.WeightLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every file of {@code lora/lora.json}: its hashes, how many layers it has, and what it adds to one of them. */
class LoraFileGoldenTest {

    @TestFactory
    Stream<DynamicTest> filesMeanWhatPythonMakesOfThem() {
        List<DynamicTest> tests = new ArrayList<>();
        Map<?, ?> loras = (Map<?, ?>) GoldenFiles.json("lora/lora.json").get("loras");
        loras.forEach((name, lora) -> {
            Map<?, ?> golden = (Map<?, ?>) lora;
            ((Map<?, ?>) golden.get("files"))
                    .forEach((style, file) -> tests.add(DynamicTest.dynamicTest(
                            name + " as " + style, () -> check((Map<?, ?>) file, golden))));
        });
        return tests.stream();
    }

    private static void check(Map<?, ?> file, Map<?, ?> golden) {
        StyleModel style = StyleModel.load(GoldenFiles.path("lora/" + file.get("file")));
        assertThat(style.hashes().sha256()).isEqualTo(file.get("sha256"));
        assertThat(style.hashes().loraHash()).contains((String) file.get("addnet_hash12"));
        assertThat(style.layerCount(ModelPart.UNET) + style.layerCount(ModelPart.TEXT_ENCODER))
                .isEqualTo(((Number) golden.get("modules")).intValue());

        Map<?, ?> example = (Map<?, ?>) golden.get("example_delta");
        String module = (String) example.get("module");
        LowRankLayer layer = style.layers(ModelPart.UNET).stream()
                .filter(each -> each.name().replace('.', '_').equals(module.replace('.', '_')))
                .findFirst()
                .orElseThrow();
        int outputs = layer.up().rows();
        int inputs = layer.down().columns();
        List<WeightChange> changes = StyleChanges.of(List.of(AppliedStyle.of(style, 1)), ModelPart.UNET, shapes(style));
        WeightChange change = changes.stream()
                .filter(each -> each.layer().equals(layer.name()))
                .findFirst()
                .orElseThrow();
        float[] weight = new float[outputs * inputs];
        change.addTo(weight, WeightLayout.OUTPUT_MAJOR);
        float[] transposed = new float[outputs * inputs];
        change.addTo(transposed, WeightLayout.INPUT_MAJOR);
        List<?> first = (List<?>) example.get("strength1_first8");
        for (int i = 0; i < first.size(); i++) {
            double expected = ((Number) first.get(i)).doubleValue();
            assertThat((double) weight[i]).isCloseTo(expected, within(1e-6));
            assertThat((double) transposed[i % inputs * outputs + i / inputs]).isCloseTo(expected, within(1e-6));
        }
    }

    /** A network that has exactly the layers that a style changes. */
    private static Map<String, Shape> shapes(StyleModel style) {
        Map<String, Shape> shapes = new HashMap<>();
        for (LowRankLayer layer : style.layers(ModelPart.UNET)) {
            shapes.put(layer.name(), Shape.of(layer.up().rows(), layer.down().columns()));
        }
        return shapes;
    }

    @Test
    void textualInversionsOfBothProgramsAreTheSame() throws IOException {
        TextualInversion diffusers = TextualInversion.load(GoldenFiles.path("lora/cat-toy_diffusers.safetensors"));
        TextualInversion webUi = TextualInversion.load(GoldenFiles.path("lora/cat-toy_a1111.safetensors"));
        assertThat(diffusers.token()).isEqualTo("<cat-toy>");
        assertThat(webUi.token()).isEqualTo("cat-toy_a1111");
        assertThat(webUi.vectors()).isEqualTo(3);
        assertThat(diffusers.values(ModelPart.TEXT_ENCODER)).isEqualTo(webUi.values(ModelPart.TEXT_ENCODER));
        assertThat(diffusers.values(ModelPart.TEXT_ENCODER)).isEqualTo(npy("lora/cat-toy.npy"));
    }

    @Test
    void pickledTextualInversionsAreRefused() {
        assertThatThrownBy(() -> TextualInversion.load(GoldenFiles.path("lora/cat-toy_a1111.pt")))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("cat-toy_a1111.pt")
                .hasMessageContaining(".safetensors version");
    }

    private static float[] npy(String path) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.wrap(Files.readAllBytes(GoldenFiles.path(path))).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(10 + bytes.getShort(8));
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
