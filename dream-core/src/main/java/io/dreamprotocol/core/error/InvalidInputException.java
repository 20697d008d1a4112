package io.dreamprotocol.core.error;

/** What the caller gave is wrong: a request, an amount, a name, a configuration value. */
public final class InvalidInputException extends DreamException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     */
    public InvalidInputException(ErrorCode code, String message) {
        super(code, message, null);
    }

    /**
     * Creates the error with what caused it.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     * @param cause the underlying error
     */
    public InvalidInputException(ErrorCode code, String message, Throwable cause) {
        super(code, message, cause);
    }
}
