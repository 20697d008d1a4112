package io.dreamprotocol.benchmarks;

import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import io.dreamprotocol.inference.diffusion.scheduler.DenoisingRun;
import io.dreamprotocol.inference.diffusion.scheduler.Scheduler;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerChoice;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerConfig;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One step of each scheduler on the latents of a 512x512 image (4x64x64), averaged over a run of 20 steps. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SchedulerStep {
    private static final int STEPS = 20;

    /** The scheduler's name. */
    @Param({
        "ddim",
        "euler",
        "euler_a",
        "heun",
        "lms",
        "dpm2",
        "dpm2_a",
        "dpmpp_2m",
        "dpmpp_2m_sde",
        "dpmpp_3m_sde",
        "unipc",
        "deis",
        "plms",
        "lcm"
    })
    private String scheduler;

    private Scheduler configured;
    private float[] sample;
    private float[] prediction;
    private float[] scaled;
    private NoiseSource noise;

    /** Prepares latents and a prediction. */
    @Setup
    public void prepare() {
        SchedulerConfig model = BundledModel.open().scheduler();
        configured = Scheduler.of(SchedulerChoice.named(scheduler).applyTo(model));
        noise = NoiseKind.CPU.source(1);
        sample = new float[4 * 64 * 64];
        prediction = new float[sample.length];
        scaled = new float[sample.length];
        noise.fill(sample);
        noise.fill(prediction);
    }

    /**
     * Makes a run of 20 steps.
     *
     * @return the last sample
     */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public float[] step() {
        DenoisingRun run = configured.start(STEPS);
        float[] current = sample.clone();
        for (int i = 0; i < run.length(); i++) {
            run.scaleModelInput(current, i, scaled);
            run.step(prediction, i, current, noise, current);
        }
        return current;
    }
}
