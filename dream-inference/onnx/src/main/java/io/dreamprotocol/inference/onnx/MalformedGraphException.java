package io.dreamprotocol.inference.onnx;

/** A file is no ONNX graph; the message says why, following the words "the file". */
final class MalformedGraphException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedGraphException(String reason) {
        super(reason);
    }

    MalformedGraphException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
