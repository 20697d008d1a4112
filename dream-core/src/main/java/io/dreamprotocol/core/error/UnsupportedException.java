package io.dreamprotocol.core.error;

/** What was asked is valid, but this model or backend cannot do it. */
public final class UnsupportedException extends DreamException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     */
    public UnsupportedException(ErrorCode code, String message) {
        super(code, message, null);
    }

    /**
     * Creates the error with what caused it.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     * @param cause the underlying error
     */
    public UnsupportedException(ErrorCode code, String message, Throwable cause) {
        super(code, message, cause);
    }
}
