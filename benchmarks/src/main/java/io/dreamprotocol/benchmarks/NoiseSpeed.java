package io.dreamprotocol.benchmarks;

import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The noise for the latents of a 512x512 image (16,384 values) from each source. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class NoiseSpeed {
    /** The source. */
    @Param
    private NoiseKind kind;

    private NoiseSource source;
    private float[] values;

    /** Seeds the source. */
    @Setup
    public void seed() {
        source = kind.source(7);
        values = new float[4 * 64 * 64];
    }

    /**
     * Draws the values.
     *
     * @return the values
     */
    @Benchmark
    public float[] fill() {
        source.fill(values);
        return values;
    }
}
