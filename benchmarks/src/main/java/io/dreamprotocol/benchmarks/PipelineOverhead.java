package io.dreamprotocol.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionRequest;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionResult;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionModel;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionPipeline;
import io.dreamprotocol.inference.onnx.OnnxOptions;
import io.dreamprotocol.inference.onnx.OnnxRuntime;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The pipeline's time over the bare sum of its ONNX Runtime calls: one image of dream-mini, 128x128, 20 guided steps.
 *
 * <p>Each invocation makes one image through the pipeline and then runs the same networks as often, with tensors made
 * beforehand and nothing else. Both times come from the same invocation, so that a machine that slows down slows both. On a machine
 * with other work going on, the clock {@code cpu} still tells: it counts what one thread computes, with networks that have but that one.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 5)
@Measurement(iterations = 25)
public class PipelineOverhead {
    private static final int STEPS = 20;
    private static final int SIDE = 128;
    private static final int GUIDED = 2;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** What counts: time that passes, with all cores, or time that one thread computes. */
    @Param({"wall", "cpu"})
    public String clock = "wall";

    private StableDiffusionModel model;
    private StableDiffusionPipeline pipeline;
    private DiffusionRequest request;
    private BareNetworks bare;
    private boolean bareFirst;

    /** The two times of an iteration, in nanoseconds. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Times {
        /** What the pipeline took. */
        public long pipelineNanos;

        /** What the bare calls took. */
        public long bareNanos;

        /** Forgets the last iteration. */
        @Setup(Level.Iteration)
        public void clear() {
            pipelineNanos = 0;
            bareNanos = 0;
        }
    }

    /**
     * Loads the networks twice: for the pipeline, and bare.
     *
     * @throws OrtException if ONNX Runtime fails
     */
    @Setup
    public void load() throws OrtException {
        ModelFolder folder = BundledModel.open();
        OnnxOptions options = clock.equals("cpu") ? OnnxOptions.defaults().withThreads(1) : OnnxOptions.defaults();
        model = StableDiffusionModel.load(folder, OnnxRuntime.start(options));
        pipeline = new StableDiffusionPipeline(model);
        request = DiffusionRequest.builder(folder, "a red apple, flat style")
                .size(SIDE, SIDE)
                .steps(STEPS)
                .guidanceScale(5)
                .build();
        bare = new BareNetworks(folder, options.threads());
    }

    /**
     * Frees the networks.
     *
     * @throws OrtException if ONNX Runtime fails
     */
    @TearDown
    public void free() throws OrtException {
        model.close();
        bare.close();
    }

    /**
     * Makes one image and runs the bare networks, in alternating order.
     *
     * @param times takes both times
     * @return the image, so that it is not optimised away
     * @throws OrtException if ONNX Runtime fails
     */
    @Benchmark
    public DiffusionResult pair(Times times) throws OrtException {
        bareFirst = !bareFirst;
        if (bareFirst) {
            times.bareNanos += bareNanos();
        }
        long start = nanos();
        DiffusionResult result = pipeline.generate(request, NoiseKind.CPU.source(7), step -> {}, new Cancellation());
        times.pipelineNanos += nanos() - start;
        if (!bareFirst) {
            times.bareNanos += bareNanos();
        }
        return result;
    }

    private long bareNanos() throws OrtException {
        long start = nanos();
        bare.run();
        return nanos() - start;
    }

    private long nanos() {
        return clock.equals("cpu") ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }

    /** The sessions with inputs of the right shapes and types, and nothing around them. */
    private static final class BareNetworks implements AutoCloseable {
        private final OrtSession textEncoder;
        private final OrtSession unet;
        private final OrtSession decoder;
        private final Map<String, OnnxTensor> tokens;
        private final Map<String, OnnxTensor> latents;
        private final Map<String, OnnxTensor> decoderInput;

        BareNetworks(ModelFolder folder, int threads) throws OrtException {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(threads);
                options.setInterOpNumThreads(1);
                textEncoder = session(environment, folder, ModelPart.TEXT_ENCODER, options);
                unet = session(environment, folder, ModelPart.UNET, options);
                decoder = session(environment, folder, ModelPart.VAE_DECODER, options);
            }
            int side = SIDE / folder.vae().scaleFactor();
            int channels = folder.vae().latentChannels();
            int length = 77;
            int width = folder.unet().crossAttentionDim();
            tokens = Map.of("input_ids", integers(environment, textEncoder, "input_ids", 0, 1, length));
            latents = Map.of(
                    "sample", floats(environment, GUIDED, channels, side, side),
                    "timestep", integers(environment, unet, "timestep", 500, 1),
                    "encoder_hidden_states", floats(environment, GUIDED, length, width));
            decoderInput = Map.of("latent_sample", floats(environment, 1, channels, side, side));
        }

        private static OrtSession session(
                OrtEnvironment environment, ModelFolder folder, ModelPart part, OrtSession.SessionOptions options)
                throws OrtException {
            return environment.createSession(folder.network(part).toString(), options);
        }

        /** A tensor of one number, in the type that the network takes. */
        private static OnnxTensor integers(
                OrtEnvironment environment, OrtSession session, String input, int value, long... shape)
                throws OrtException {
            long size = 1;
            for (long dimension : shape) {
                size *= dimension;
            }
            long[] values = new long[(int) size];
            Arrays.fill(values, value);
            TensorInfo info = (TensorInfo)
                    Objects.requireNonNull(session.getInputInfo().get(input)).getInfo();
            return switch (info.type) {
                case INT64 -> OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
                case INT32 ->
                    OnnxTensor.createTensor(
                            environment,
                            IntBuffer.wrap(Arrays.stream(values)
                                    .mapToInt(Math::toIntExact)
                                    .toArray()),
                            shape);
                default -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(new float[] {value}), shape);
            };
        }

        private static OnnxTensor floats(OrtEnvironment environment, long... shape) throws OrtException {
            long size = 1;
            for (long dimension : shape) {
                size *= dimension;
            }
            FloatBuffer values = direct((int) size).asFloatBuffer();
            Random random = new Random(1);
            while (values.hasRemaining()) {
                values.put((float) random.nextGaussian());
            }
            return OnnxTensor.createTensor(environment, values.flip(), shape);
        }

        private static ByteBuffer direct(int elements) {
            return ByteBuffer.allocateDirect(elements * 4).order(ByteOrder.nativeOrder());
        }

        /** Runs each network as often as an image does. */
        void run() throws OrtException {
            // The prompt and the negative prompt, each by itself as in the pipeline.
            textEncoder.run(tokens).close();
            textEncoder.run(tokens).close();
            for (int step = 0; step < STEPS; step++) {
                unet.run(latents).close();
            }
            decoder.run(decoderInput).close();
        }

        @Override
        public void close() throws OrtException {
            tokens.values().forEach(OnnxTensor::close);
            latents.values().forEach(OnnxTensor::close);
            decoderInput.values().forEach(OnnxTensor::close);
            textEncoder.close();
            unet.close();
            decoder.close();
        }
    }
}
