package io.dreamprotocol.core.error;

/** The operation does not fit the present state: a job already claimed, a balance too small, a reused key. */
public final class ConflictException extends DreamException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     */
    public ConflictException(ErrorCode code, String message) {
        super(code, message, null);
    }

    /**
     * Creates the error with what caused it.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     * @param cause the underlying error
     */
    public ConflictException(ErrorCode code, String message, Throwable cause) {
        super(code, message, cause);
    }
}
