package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.dreamprotocol.inference.diffusion.network.WeightLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreparedGraphTest {

    @ParameterizedTest
    @ValueSource(strings = {"unet", "text_encoder", "vae_decoder"})
    void weightsAreFoundAgainInTheSimplifiedGraph(String part) throws Exception {
        OnnxRuntime.start(OnnxOptions.defaults());
        OnnxGraph graph = OnnxGraph.read(GoldenFiles.root().resolve("pipelines/sd15/model/" + part + "/model.onnx"));
        Map<String, LayerWeight> layers = GraphLayers.of(graph);
        try (SessionOptions options = OnnxRuntime.sessionOptions(OnnxOptions.defaults())) {
            PreparedGraph prepared = PreparedGraph.of(OrtEnvironment.getEnvironment(), graph, options);
            List<String> lost = new ArrayList<>();
            for (LayerWeight layer : layers.values()) {
                // How convolutions are rearranged depends on the processor; products keep their order everywhere.
                if (prepared.place(layer).isEmpty() && layer.layout() == WeightLayout.INPUT_MAJOR) {
                    lost.add(layer.layer());
                }
            }
            assertThat(lost).isEmpty();
            assertThat(prepared.bytes().length).isLessThan(1 << 20);
        }
    }
}
