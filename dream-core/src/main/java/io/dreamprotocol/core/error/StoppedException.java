package io.dreamprotocol.core.error;

/** The work was stopped before its end: cancelled by its caller, or out of time. */
public final class StoppedException extends DreamException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     */
    public StoppedException(ErrorCode code, String message) {
        super(code, message, null);
    }

    /**
     * Creates the error with what caused it.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     * @param cause the underlying error
     */
    public StoppedException(ErrorCode code, String message, Throwable cause) {
        super(code, message, cause);
    }
}
