package io.dreamprotocol.inference.onnx;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkRuntime;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime, the engine that runs networks stored as ONNX graphs.
 *
 * <p>DJL finds the engine and owns its one environment per process; networks run in sessions of ONNX Runtime itself,
 * because DJL hides what their graphs declare and cannot stop a run. Thread-safe.
 */
public final class OnnxRuntime implements NetworkRuntime {
    private static final String NAME = "onnxruntime";

    private final OrtEnvironment environment;
    private final OnnxOptions options;
    private final List<String> substitutions;

    private OnnxRuntime(OrtEnvironment environment, OnnxOptions options, List<String> substitutions) {
        this.environment = environment;
        this.options = options;
        this.substitutions = substitutions;
    }

    /**
     * Starts the engine and checks that the chosen execution provider can be used.
     *
     * @param options how networks are run
     * @return the engine
     * @throws UnavailableException with {@code provider-unavailable} if the provider cannot be used here and the options
     *     allow no fallback; with {@code engine-failed} if there is no ONNX Runtime for this machine
     */
    public static OnnxRuntime start(OnnxOptions options) {
        OrtEnvironment environment = Environment.get();
        try {
            requireProvider(environment, options);
            return new OnnxRuntime(environment, options, List.of());
        } catch (UnavailableException e) {
            if (!options.fallback()) {
                throw e;
            }
            return new OnnxRuntime(
                    environment,
                    options.withProvider(ExecutionProvider.CPU),
                    List.of("execution provider cpu instead of "
                            + options.provider().id()));
        }
    }

    @Override
    public Network load(NetworkSource source) {
        Path file = source.file();
        if (!Files.isRegularFile(file)) {
            throw new NotFoundException(
                    ErrorCode.MODEL_FILE_MISSING,
                    "The model's file " + file + " is missing; fetch or export the model again");
        }
        try (SessionOptions session = sessionOptions(options)) {
            return open(environment.createSession(file.toString(), session), file);
        } catch (OrtException e) {
            throw OnnxErrors.loading(file, e);
        }
    }

    @Override
    public EngineInfo engine(ElementType type) {
        return new EngineInfo(NAME, environment.getVersion(), options.provider().id(), type.id());
    }

    @Override
    public Optional<String> weightFormat(NetworkSource source) {
        return WeightFormat.of(source.file());
    }

    @Override
    public List<String> substitutions() {
        return substitutions;
    }

    private Network open(OrtSession session, Path file) throws OrtException {
        try {
            return new ChangeableOnnxNetwork(environment, options, file, new OnnxNetwork(environment, session, file));
        } catch (DreamException | OrtException e) {
            session.close();
            throw e;
        }
    }

    /** What every session is made with; the caller closes it. */
    static SessionOptions sessionOptions(OnnxOptions options) throws OrtException {
        SessionOptions session = new SessionOptions();
        try {
            // What goes wrong arrives as an exception; it need not be on the standard error as well.
            session.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            session.setIntraOpNumThreads(options.threads());
            session.setInterOpNumThreads(1);
            options.provider().addTo(session, options.device());
            return session;
        } catch (OrtException e) {
            session.close();
            throw e;
        }
    }

    private static void requireProvider(OrtEnvironment environment, OnnxOptions options) {
        ExecutionProvider provider = options.provider();
        if (!OrtEnvironment.getAvailableProviders().contains(provider.provider())) {
            throw unavailable(
                    provider,
                    "this build of ONNX Runtime " + environment.getVersion() + " has no " + provider.id(),
                    null);
        }
        try {
            sessionOptions(options).close();
        } catch (OrtException e) {
            throw unavailable(provider, OnnxErrors.reason(e), e);
        }
    }

    private static UnavailableException unavailable(
            ExecutionProvider provider, String reason, @Nullable OrtException cause) {
        String message = "The execution provider " + provider.id() + " is not available: " + reason + "; to use it, "
                + provider.remedy() + "; or choose cpu, or allow fallback";
        return cause == null
                ? new UnavailableException(ErrorCode.PROVIDER_UNAVAILABLE, message)
                : new UnavailableException(ErrorCode.PROVIDER_UNAVAILABLE, message, cause);
    }

    /** The process's one environment of ONNX Runtime, made when it is first asked for. */
    private static final class Environment {
        /** DJL asks this property, at its start, whether it may report the machine it runs on. */
        private static final String NO_TRACKING = "OPT_OUT_TRACKING";

        private Environment() {}

        static synchronized OrtEnvironment get() {
            try {
                startDjl();
                OrtEnvironment environment = OrtEnvironment.getEnvironment();
                environment.setTelemetry(false);
                return environment;
            } catch (LinkageError | RuntimeException | OrtException e) {
                throw new UnavailableException(
                        ErrorCode.ENGINE_FAILED,
                        "ONNX Runtime does not start on this machine (" + System.getProperty("os.name") + ", "
                                + System.getProperty("os.arch") + "): " + OnnxErrors.reason(rootCause(e)),
                        e);
            }
        }

        private static void startDjl() {
            if (System.getProperty(NO_TRACKING) == null) {
                System.setProperty(NO_TRACKING, "true");
            }
            try {
                Engine.getEngine("OnnxRuntime");
            } catch (LinkageError | IllegalStateException e) {
                // DJL cannot start its engine where the application made the environment itself, or has tried in vain
                // before; then the one environment is to be had, or the error, from ONNX Runtime directly.
                return;
            }
        }

        private static Throwable rootCause(Throwable e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            return cause;
        }
    }
}
