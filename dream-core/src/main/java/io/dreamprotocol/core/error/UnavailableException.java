package io.dreamprotocol.core.error;

/** Something outside failed or is not ready: an engine, an execution provider, a remote service. */
public final class UnavailableException extends DreamException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     */
    public UnavailableException(ErrorCode code, String message) {
        super(code, message, null);
    }

    /**
     * Creates the error with what caused it.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     * @param cause the underlying error
     */
    public UnavailableException(ErrorCode code, String message, Throwable cause) {
        super(code, message, cause);
    }
}
