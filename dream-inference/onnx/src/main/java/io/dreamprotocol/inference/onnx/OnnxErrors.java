package io.dreamprotocol.inference.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.error.UnsupportedException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** Translates what ONNX Runtime reports into the protocol's errors. */
final class OnnxErrors {
    private static final int MAX_REASON = 300;
    /** What the messages begin with, and our own say already. */
    private static final Pattern PREFIX =
            Pattern.compile("^Error code - \\w+ - message: (?:Load model from .*? failed:)?");

    private static final Pattern SOURCE_LOCATION =
            Pattern.compile("\\S*/onnxruntime/core/\\S+ [^()]*\\([^()]*\\)(?: const)? ?");

    private static final Pattern SIZES = Pattern.compile("(?i)shape|dimension|channel|rank");

    private OnnxErrors() {}

    /** The error of a file that could not be loaded. */
    static DreamException loading(Path file, OrtException e) {
        if (isOutOfMemory(e)) {
            return notEnoughMemory("load " + file, e);
        }
        return switch (e.getCode()) {
            case ORT_EP_FAIL, ORT_ENGINE_ERROR, ORT_DEVICE_RESET ->
                new UnavailableException(
                        ErrorCode.ENGINE_FAILED, "ONNX Runtime could not prepare " + file + ": " + reason(e), e);
            default ->
                new CorruptDataException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        "The file " + file + " is no usable ONNX network; fetch or export it again: " + reason(e),
                        e);
        };
    }

    /** The error of a network that could not be run. */
    static DreamException running(Path file, OrtException e) {
        if (isOutOfMemory(e)) {
            return notEnoughMemory("run " + file, e);
        }
        String reason = reason(e);
        // One code stands for every failure inside an operator, so that only the words tell a wrong model.
        if (e.getCode() == OrtErrorCode.ORT_INVALID_ARGUMENT
                || SIZES.matcher(reason).find()) {
            return new CorruptDataException(
                    ErrorCode.MODEL_SHAPE_MISMATCH,
                    "The network " + file + " does not fit its model's config files; fetch or export the model again: "
                            + reason,
                    e);
        }
        return new UnavailableException(ErrorCode.ENGINE_FAILED, "ONNX Runtime failed in " + file + ": " + reason, e);
    }

    /** The native message, on one line of bounded length and without source locations. */
    static String reason(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String text =
                PREFIX.matcher(message).replaceFirst("").replaceAll("\\s+", " ").strip();
        text = SOURCE_LOCATION.matcher(text).replaceAll(" ");
        return text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON) + "...";
    }

    private static DreamException notEnoughMemory(String what, OrtException e) {
        return new UnsupportedException(
                ErrorCode.NOT_ENOUGH_MEMORY,
                "There is not enough memory to " + what + "; ask for a smaller size or free some memory",
                e);
    }

    private static boolean isOutOfMemory(OrtException e) {
        String message = reason(e).toLowerCase(Locale.ROOT);
        return message.contains("failed to allocate memory")
                || message.contains("bad_alloc")
                || message.contains("bad allocation")
                || message.contains("out of memory");
    }
}
