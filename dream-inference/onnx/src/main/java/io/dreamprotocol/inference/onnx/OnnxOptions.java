package io.dreamprotocol.inference.onnx;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * How ONNX Runtime runs networks.
 *
 * @param provider what computes them
 * @param device the number of the accelerator, from 0, where there are several
 * @param fallback whether the processor may be used when the provider is not available; what is used is always reported
 * @param threads the processor threads for one operation of a network, 1 to {@value #MAX_THREADS}
 */
public record OnnxOptions(ExecutionProvider provider, int device, boolean fallback, int threads) {
    /** The most threads that may be asked for. */
    public static final int MAX_THREADS = 1024;

    private static final int MAX_DEVICE = 255;
    private static final Set<String> SETTINGS = Set.of("provider", "device", "fallback", "threads");

    /**
     * Checks the ranges.
     *
     * @throws InvalidInputException with {@code invalid-configuration} if a value is out of range
     */
    public OnnxOptions {
        Objects.requireNonNull(provider, "provider");
        requireRange("device", device, 0, MAX_DEVICE);
        requireRange("threads", threads, 1, MAX_THREADS);
    }

    /**
     * Returns the options for the processor, with a thread for every core.
     *
     * @return the options
     */
    public static OnnxOptions defaults() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new OnnxOptions(ExecutionProvider.CPU, 0, false, Math.min(cores, MAX_THREADS));
    }

    /**
     * Reads options from a configuration.
     *
     * @param settings any of {@code provider} (its name), {@code device} and {@code threads} (whole numbers) and {@code
     *     fallback} ({@code true} or {@code false}); what is absent keeps its default
     * @return the options
     * @throws InvalidInputException with {@code invalid-configuration} if a setting is unknown or has a wrong value
     */
    public static OnnxOptions of(Map<String, String> settings) {
        for (String setting : settings.keySet()) {
            if (!SETTINGS.contains(setting)) {
                throw invalid("ONNX Runtime has no setting \"" + setting
                        + "\"; it has provider, device, fallback and threads");
            }
        }
        OnnxOptions defaults = defaults();
        return new OnnxOptions(
                settings.containsKey("provider") ? provider(settings.get("provider")) : defaults.provider,
                number(settings, "device", defaults.device),
                truth(settings, "fallback", defaults.fallback),
                number(settings, "threads", defaults.threads));
    }

    /**
     * Returns these options with another provider.
     *
     * @param value what computes the networks
     * @return the options
     */
    public OnnxOptions withProvider(ExecutionProvider value) {
        return new OnnxOptions(value, device, fallback, threads);
    }

    /**
     * Returns these options with or without leave to use the processor instead.
     *
     * @param value whether the processor may be used when the provider is not available
     * @return the options
     */
    public OnnxOptions withFallback(boolean value) {
        return new OnnxOptions(provider, device, value, threads);
    }

    /**
     * Returns these options with another number of threads.
     *
     * @param value the processor threads for one operation
     * @return the options
     */
    public OnnxOptions withThreads(int value) {
        return new OnnxOptions(provider, device, fallback, value);
    }

    private static ExecutionProvider provider(String name) {
        return ExecutionProvider.named(name)
                .orElseThrow(() -> invalid(
                        "There is no execution provider \"" + name + "\"; choose one of " + ExecutionProvider.names()));
    }

    private static int number(Map<String, String> settings, String name, int absent) {
        String text = settings.get(name);
        if (text == null) {
            return absent;
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw invalid("The setting " + name + " needs a whole number, not \"" + text + "\"");
        }
    }

    private static boolean truth(Map<String, String> settings, String name, boolean absent) {
        String text = settings.get(name);
        if (text == null) {
            return absent;
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid("The setting " + name + " needs true or false, not \"" + text + "\"");
        };
    }

    private static void requireRange(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw invalid("The setting " + name + " needs a number from " + least + " to " + most + ", not " + value);
        }
    }

    private static InvalidInputException invalid(String message) {
        return new InvalidInputException(ErrorCode.INVALID_CONFIGURATION, message);
    }
}
