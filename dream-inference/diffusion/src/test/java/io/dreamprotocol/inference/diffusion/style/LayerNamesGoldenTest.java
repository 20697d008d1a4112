package io.dreamprotocol.inference.diffusion.style;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.inference.diffusion.GoldenFiles;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.weights.SafetensorsFile;
import io.dreamprotocol.inference.diffusion.weights.StoredTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same network in the original naming and in that of diffusers: layers of one name have one weight. */
class LayerNamesGoldenTest {
    private static final String PREFIX = "model.diffusion_model.";
    private static final String SUFFIX = ".weight";

    @ParameterizedTest
    @ValueSource(strings = {"sd15", "sdxl"})
    void originalNamesMeanTheLayersOfDiffusers(String kind) {
        try (SafetensorsFile original = open("checkpoints/" + kind + ".safetensors");
                SafetensorsFile diffusers = open("checkpoints/" + kind + "/unet/diffusion_pytorch_model.safetensors")) {
            Map<String, Shape> layers = new HashMap<>();
            for (StoredTensor tensor : diffusers.tensors().values()) {
                if (tensor.name().endsWith(SUFFIX) && tensor.shape().rank() > 1) {
                    layers.put(tensor.name().substring(0, tensor.name().length() - SUFFIX.length()), tensor.shape());
                }
            }
            LayerNames names = new LayerNames(ModelPart.UNET, layers);
            int found = 0;
            for (StoredTensor tensor : original.tensors().values()) {
                String name = tensor.name();
                if (name.startsWith(PREFIX)
                        && name.endsWith(SUFFIX)
                        && tensor.shape().rank() > 1) {
                    String spelled = name.substring(PREFIX.length(), name.length() - SUFFIX.length())
                            .replace('.', '_');
                    LayerNames.Layer layer = names.find(spelled).orElseThrow(() -> new AssertionError(spelled));
                    assertThat(Arrays.equals(original.floats(name), diffusers.floats(layer.name() + SUFFIX)))
                            .as("%s is %s", spelled, layer.name())
                            .isTrue();
                    found++;
                }
            }
            assertThat(found).isEqualTo(layers.size());
        }
    }

    private static SafetensorsFile open(String path) {
        return SafetensorsFile.open(GoldenFiles.path(path));
    }
}
