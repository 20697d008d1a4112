package io.dreamprotocol.core.error;

/** A data folder cannot be used: read-only, full, locked or failing. */
public final class StorageException extends DreamException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     */
    public StorageException(ErrorCode code, String message) {
        super(code, message, null);
    }

    /**
     * Creates the error with what caused it.
     *
     * @param code the stable code
     * @param message one line that names the thing concerned and says what to do
     * @param cause the underlying error
     */
    public StorageException(ErrorCode code, String message, Throwable cause) {
        super(code, message, cause);
    }
}
