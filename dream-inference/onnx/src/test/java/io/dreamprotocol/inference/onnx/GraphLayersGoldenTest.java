package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.inference.diffusion.network.WeightLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Which constant of the graphs holds the weight of which module: {@code lora/onnx_weight_names.json}. */
class GraphLayersGoldenTest {

    @TestFactory
    Stream<DynamicTest> weightsAreFoundByTheNamesOfTheirModules() {
        Path golden = GoldenFiles.root().resolve("lora/onnx_weight_names.json");
        Map<?, ?> maps = (Map<?, ?>) ((Map<?, ?>) GoldenFiles.json(golden)).get("maps");
        assertThat(maps).isNotEmpty();
        return maps.entrySet().stream()
                .map(part -> DynamicTest.dynamicTest((String) part.getKey(), () -> {
                    Path file = GoldenFiles.root().resolve("pipelines/sd15/model/" + part.getKey() + "/model.onnx");
                    Map<String, LayerWeight> layers = GraphLayers.of(OnnxGraph.read(file));
                    ((Map<?, ?>) part.getValue()).forEach((module, expected) -> {
                        LayerWeight layer = layers.get((String) module);
                        assertThat(layer).as((String) module).isNotNull();
                        assertThat(layer.tensor().name()).isEqualTo(((List<?>) expected).get(0));
                        assertThat(layer.layout() == WeightLayout.INPUT_MAJOR).isEqualTo(((List<?>) expected).get(1));
                        assertThat(layer.obstacle()).isEmpty();
                    });
                }));
    }
}
