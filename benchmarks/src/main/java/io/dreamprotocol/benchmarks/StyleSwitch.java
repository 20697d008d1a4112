package io.dreamprotocol.benchmarks;

import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionModel;
import io.dreamprotocol.inference.diffusion.style.AppliedStyle;
import io.dreamprotocol.inference.diffusion.style.StyleModel;
import io.dreamprotocol.inference.onnx.OnnxOptions;
import io.dreamprotocol.inference.onnx.OnnxRuntime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Changing the style of dream-mini between two requests, while the base model stays loaded: the two LoRAs that come with it, each for
 * the denoising network and the text encoder.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 5)
@Measurement(iterations = 20)
public class StyleSwitch {
    private StableDiffusionModel base;
    private List<StyleModel> styles;
    private StableDiffusionModel current;
    private int changes;

    /** Loads the model and the styles, and takes the first style. */
    @Setup
    public void load() {
        base = StableDiffusionModel.load(BundledModel.open(), OnnxRuntime.start(OnnxOptions.defaults()));
        styles = List.of(
                StyleModel.load(BundledModel.style("dream-mini-gloss")),
                StyleModel.load(BundledModel.style("dream-mini-noto")));
        current = styled(0, 1);
    }

    /** Frees the networks. */
    @TearDown
    public void free() {
        current.close();
        base.close();
    }

    /**
     * Goes from the style in use to the other one, at a weight that was not used before, so that nothing kept helps.
     *
     * @return the model in the new style
     */
    @Benchmark
    public StableDiffusionModel toAnotherStyle() {
        changes++;
        return change(styled(changes % 2, 1 - changes / 1000.0));
    }

    /**
     * Goes from the style in use to the other one, which was in use before.
     *
     * @return the model in the new style
     */
    @Benchmark
    public StableDiffusionModel backToAKeptStyle() {
        changes++;
        return change(styled(changes % 2, 1));
    }

    /**
     * Goes from the base model to a style at a weight that was not used before, and back.
     *
     * @return the base model
     */
    @Benchmark
    public StableDiffusionModel fromTheBaseAndBack() {
        changes++;
        styled(0, 2 - changes / 1000.0).close();
        return base;
    }

    private StableDiffusionModel change(StableDiffusionModel next) {
        current.close();
        current = next;
        return next;
    }

    private StableDiffusionModel styled(int style, double weight) {
        return base.with(List.of(AppliedStyle.of(styles.get(style), weight)), List.of());
    }
}
