package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.network.ChangeableNetwork;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkChanges;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small graphs with joined edges, against convolutions that wrap round. */
class JoinedEdgesTest {
    private static final int HEIGHT = 5;
    private static final int WIDTH = 7;
    private static final float[] KERNEL = random(9, 3);

    @TempDir
    Path folder;

    private final OnnxRuntime runtime = OnnxRuntime.start(OnnxOptions.defaults().withThreads(1));

    @Test
    void aConvolutionTakesWhatLiesAtTheOppositeEdge() {
        assertWraps(graph().node("/conv/Conv", "Conv", "pads", new long[] {1, 1, 1, 1}, "y", "x", "w"), 1, 1, 1, 1);
    }

    @Test
    void everySideIsPaddedAsTheGraphSays() {
        assertWraps(graph().node("/conv/Conv", "Conv", "pads", new long[] {2, 0, 0, 2}, "y", "x", "w"), 2, 0, 0, 2);
    }

    @Test
    void paddingThatIsAnOperationOfItsOwnWrapsToo() {
        assertWraps(
                graph().constant("pads", OnnxBytes.INT64, new long[] {8}, longs(0, 0, 0, 1, 0, 0, 2, 1))
                        .node("/pad/Pad", "Pad", "padded", "x", "pads")
                        .node("/wide/Conv", "Conv", "pads", new long[] {0, 0, 0, 0}, "middle", "padded", "w")
                        .node("/conv/Conv", "Conv", "pads", new long[] {0, 0, 0, 0}, "none", "x", "w")
                        .node("/same/Conv", "Conv", "pads", new long[] {1, 1, 1, 1}, "unused", "x", "w")
                        .node("/y/Identity", "Identity", "y", "middle"),
                0,
                1,
                2,
                1);
    }

    @Test
    void whatCannotBeJoinedIsRefused() {
        assertRefused(graph().node("/up/ConvTranspose", "ConvTranspose", "y", "x", "w"), "ConvTranspose");
        assertRefused(
                graph().node("/c/Conv", "Conv", "pads", new long[] {1, 1, 1, 1}, "c", "x", "w")
                        .field(
                                1,
                                OnnxBytes.nodeMessage("/p/AveragePool", "AveragePool", "y", "c")
                                        .message(5, integers("kernel_shape", 3, 3))
                                        .message(5, integers("pads", 1, 1, 1, 1))),
                "AveragePool");
        assertRefused(
                graph().field(
                                1,
                                OnnxBytes.nodeMessage("/c/Conv", "Conv", "y", "x", "w")
                                        .message(
                                                5,
                                                new ProtoWriter()
                                                        .text(1, "auto_pad")
                                                        .text(4, "SAME_UPPER")
                                                        .integer(20, 3))),
                "/c/Conv");
        assertRefused(
                graph().constant("pads", OnnxBytes.INT64, new long[] {8}, longs(0, 0, 0, 1, 0, 0, 2, 1))
                        .node("/pad/Pad", "Pad", "y", "x", "pads")
                        .node("/none/Relu", "Relu", "unused", "y"),
                "Pad");
        assertRefused(graph().node("/none/Relu", "Relu", "y", "x"), "no convolutions");
    }

    private static ProtoWriter integers(String name, long... values) {
        ProtoWriter integers = new ProtoWriter().text(1, name);
        for (long value : values) {
            integers.integer(8, value);
        }
        return integers.integer(20, 7);
    }

    private void assertRefused(OnnxBytes graph, String reason) {
        Path file = graph.output("y", OnnxBytes.FLOAT, 1, 1, -2, -3).write(folder.resolve("refused.onnx"));
        try (ChangeableNetwork network = load(file)) {
            assertThatThrownBy(() -> network.with(NetworkChanges.SEAMLESS))
                    .isInstanceOfSatisfying(
                            UnsupportedException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                    .hasMessageContaining(reason);
        }
    }

    private static OnnxBytes graph() {
        return new OnnxBytes().input("x", OnnxBytes.FLOAT, 1, 1, -2, -3).floats("w", new long[] {1, 1, 3, 3}, KERNEL);
    }

    private void assertWraps(OnnxBytes graph, int top, int left, int bottom, int right) {
        Path file = graph.output("y", OnnxBytes.FLOAT, 1, 1, -4, -5).write(folder.resolve("graph.onnx"));
        float[] image = random(HEIGHT * WIDTH, 8);
        try (ChangeableNetwork network = load(file);
                Network joined = network.with(NetworkChanges.SEAMLESS)) {
            Tensor out = run(joined, image);
            int high = HEIGHT + top + bottom - 2;
            int wide = WIDTH + left + right - 2;
            assertThat(out.shape().toArray()).containsExactly(1, 1, high, wide);
            float[] values = out.toFloats();
            for (int y = 0; y < high; y++) {
                for (int x = 0; x < wide; x++) {
                    assertThat(values[y * wide + x])
                            .as("at %d, %d", y, x)
                            .isCloseTo(wrapped(image, y - top, x - left), within(1e-5f));
                }
            }
            assertThat(run(network, image).toFloats()).isNotEqualTo(values);
        }
    }

    private ChangeableNetwork load(Path file) {
        return (ChangeableNetwork) runtime.load(new NetworkSource("unet", file));
    }

    private static Tensor run(Network network, float[] image) {
        return network.run(Map.of("x", Tensor.of(image, 1, 1, HEIGHT, WIDTH)), Set.of("y"), new Cancellation())
                .get("y");
    }

    private static float wrapped(float[] image, int top, int left) {
        float sum = 0;
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++) {
                sum += KERNEL[row * 3 + column]
                        * image[Math.floorMod(top + row, HEIGHT) * WIDTH + Math.floorMod(left + column, WIDTH)];
            }
        }
        return sum;
    }

    private static float[] random(int size, long seed) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static byte[] longs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return bytes.array();
    }
}
