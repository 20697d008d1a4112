package io.dreamprotocol.core.error;

/** Data is not what it claims to be: a damaged file, a wrong hash, a signature that does not fit. */
public final class CorruptDataException extends DreamException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     */
    public CorruptDataException(ErrorCode code, String message) {
        super(code, message, null);
    }

    /**
     * Creates the error with what caused it.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     * @param cause the underlying error
     */
    public CorruptDataException(ErrorCode code, String message, Throwable cause) {
        super(code, message, cause);
    }
}
