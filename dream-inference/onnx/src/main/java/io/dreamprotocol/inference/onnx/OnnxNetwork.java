package io.dreamprotocol.inference.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.network.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A network in a session of ONNX Runtime. */
final class OnnxNetwork implements Network {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Path file;
    private final Map<String, TensorInfo> inputs;
    private final Map<String, TensorInfo> outputs;

    /** The shapes that runs gave, by the shapes that they were given. */
    private final OutputShapes known = new OutputShapes();

    /** Runs share it, so that closing waits for them. */
    private final ReadWriteLock use = new ReentrantReadWriteLock();

    private boolean closed;

    OnnxNetwork(OrtEnvironment environment, OrtSession session, Path file) throws OrtException {
        this.environment = environment;
        this.session = session;
        this.file = file;
        this.inputs = describe(file, session.getInputInfo());
        this.outputs = describe(file, session.getOutputInfo());
    }

    @Override
    public Map<String, TensorInfo> inputs() {
        return inputs;
    }

    @Override
    public Map<String, TensorInfo> outputs() {
        return outputs;
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> given, Set<String> wanted, Cancellation cancellation) {
        check(given, wanted);
        use.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("The network " + file + " is closed");
            }
            cancellation.throwIfStopped();
            return compute(given, wanted, cancellation);
        } catch (OrtException e) {
            cancellation.throwIfStopped();
            throw OnnxErrors.running(file, e);
        } finally {
            use.readLock().unlock();
        }
    }

    @Override
    public void close() {
        use.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                session.close();
            }
        } catch (OrtException e) {
            throw OnnxErrors.running(file, e);
        } finally {
            use.writeLock().unlock();
        }
    }

    private Map<String, Tensor> compute(Map<String, Tensor> given, Set<String> wanted, Cancellation cancellation)
            throws OrtException {
        Map<String, OnnxTensor> feeds = new HashMap<>();
        try (TerminableRun run = new TerminableRun(cancellation)) {
            for (Map.Entry<String, Tensor> each : given.entrySet()) {
                feeds.put(each.getKey(), share(each.getValue()));
            }
            Optional<Map<String, Shape>> shapes = known.of(given, wanted);
            if (shapes.isPresent()) {
                try {
                    return inPlace(feeds, shapes.get(), run);
                } catch (OrtException e) {
                    cancellation.throwIfStopped();
                    // A network may give other shapes for other values; a true error comes again below.
                    known.forget();
                }
            }
            try (OrtSession.Result result = session.run(feeds, wanted, run.options)) {
                Map<String, Tensor> values = new HashMap<>();
                for (Map.Entry<String, OnnxValue> each : result) {
                    values.put(each.getKey(), copy((OnnxTensor) each.getValue()));
                }
                known.note(given, values);
                return values;
            }
        } finally {
            feeds.values().forEach(OnnxTensor::close);
        }
    }

    /** Lets the network write into tensors that are made beforehand, which saves copying what it gives. */
    private Map<String, Tensor> inPlace(Map<String, OnnxTensor> feeds, Map<String, Shape> shapes, TerminableRun run)
            throws OrtException {
        Map<String, Tensor> values = new HashMap<>();
        Map<String, OnnxTensor> pinned = new HashMap<>();
        try {
            for (Map.Entry<String, Shape> each : shapes.entrySet()) {
                TensorInfo declared = Objects.requireNonNull(outputs.get(each.getKey()));
                Tensor value = Tensor.zeros(declared.type(), each.getValue().toArray());
                values.put(each.getKey(), value);
                pinned.put(each.getKey(), share(value));
            }
            session.run(feeds, Set.of(), pinned, run.options).close();
            return values;
        } finally {
            pinned.values().forEach(OnnxTensor::close);
        }
    }

    private void check(Map<String, Tensor> given, Set<String> wanted) {
        if (!given.keySet().equals(inputs.keySet())) {
            throw new IllegalArgumentException(
                    "The network " + file + " takes the inputs " + inputs.keySet() + ", not " + given.keySet());
        }
        for (Map.Entry<String, TensorInfo> each : inputs.entrySet()) {
            Tensor tensor = given.get(each.getKey());
            TensorInfo declared = each.getValue();
            if (tensor == null
                    || tensor.type() != declared.type()
                    || !declared.shape().accepts(tensor.shape())) {
                throw new IllegalArgumentException("The network " + file + " takes " + declared + " as " + each.getKey()
                        + ", not " + (tensor == null ? null : tensor.type().id() + " " + tensor.shape()));
            }
        }
        if (wanted.isEmpty() || !outputs.keySet().containsAll(wanted)) {
            throw new IllegalArgumentException(
                    "The network " + file + " gives " + outputs.keySet() + ", not " + wanted);
        }
    }

    /** Direct buffers in native order are used in place. */
    private OnnxTensor share(Tensor tensor) throws OrtException {
        return OnnxTensor.createTensor(
                environment, tensor.bytes(), tensor.shape().toArray(), javaType(tensor.type()));
    }

    private static Tensor copy(OnnxTensor value) {
        ByteBuffer bytes = value.getByteBuffer();
        Tensor tensor =
                Tensor.zeros(elementType(value.getInfo().type), value.getInfo().getShape());
        tensor.bytes().put(bytes);
        return tensor;
    }

    private static Map<String, TensorInfo> describe(Path file, Map<String, NodeInfo> nodes) {
        Map<String, TensorInfo> described = new LinkedHashMap<>();
        nodes.forEach((name, node) -> {
            if (!(node.getInfo() instanceof ai.onnxruntime.TensorInfo info) || !isSupported(info.type)) {
                throw new CorruptDataException(
                        ErrorCode.MODEL_SHAPE_MISMATCH,
                        "The network " + file + " has " + name + " of type " + node.getInfo()
                                + "; export it with tensors of float32, float16, int32, int64 or bool");
            }
            described.put(name, new TensorInfo(elementType(info.type), Shape.of(info.getShape())));
        });
        return Collections.unmodifiableMap(described);
    }

    private static boolean isSupported(OnnxJavaType type) {
        return switch (type) {
            case FLOAT, FLOAT16, INT32, INT64, BOOL -> true;
            default -> false;
        };
    }

    private static ElementType elementType(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> ElementType.FLOAT32;
            case FLOAT16 -> ElementType.FLOAT16;
            case INT32 -> ElementType.INT32;
            case INT64 -> ElementType.INT64;
            case BOOL -> ElementType.BOOL;
            default -> throw new IllegalArgumentException("no element type for " + type);
        };
    }

    private static OnnxJavaType javaType(ElementType type) {
        return switch (type) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case BOOL -> OnnxJavaType.BOOL;
        };
    }

    /** The options of one run. Another thread may terminate it at any moment, also while it is being closed. */
    private static final class TerminableRun implements AutoCloseable {
        private final OrtSession.RunOptions options;
        private final Cancellation.Registration registration;
        private boolean closed;

        TerminableRun(Cancellation cancellation) throws OrtException {
            options = new OrtSession.RunOptions();
            // What goes wrong arrives as an exception; it need not be on the standard error as well.
            options.setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            registration = cancellation.onStop(this::terminate);
        }

        synchronized void terminate() {
            if (!closed) {
                try {
                    options.setTerminate(true);
                } catch (OrtException e) {
                    throw new IllegalStateException("ONNX Runtime refused to stop a run", e);
                }
            }
        }

        @Override
        public void close() {
            registration.close();
            synchronized (this) {
                closed = true;
                options.close();
            }
        }
    }
}
