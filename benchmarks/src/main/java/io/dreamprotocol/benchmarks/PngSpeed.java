package io.dreamprotocol.benchmarks;

import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.RgbImage;
import java.util.List;
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

/** Writing a picture of smooth gradients with a little noise as PNG. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PngSpeed {
    /** The side in pixels. */
    @Param({"128", "512", "1024"})
    private int side;

    private RgbImage image;

    /** Paints the picture. */
    @Setup
    public void paint() {
        byte[] rgb = new byte[side * side * 3];
        long noise = 1;
        for (int i = 0; i < rgb.length; i++) {
            noise = noise * 6364136223846793005L + 1442695040888963407L;
            int x = i / 3 % side;
            int y = i / 3 / side;
            rgb[i] = (byte) ((x + y * (i % 3 + 1)) * 200 / side + (int) (noise >>> 62));
        }
        image = RgbImage.of(side, side, rgb);
    }

    /**
     * Writes the picture.
     *
     * @return the file
     */
    @Benchmark
    public byte[] encode() {
        return PngPixels.encode(image, List.of()).toBytes();
    }
}
