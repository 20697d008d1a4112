package io.dreamprotocol.core.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The root of every error that the protocol's modules throw on purpose.
 *
 * <p>The message is one line, names the thing concerned and says what to do. It never holds a secret. Programmer mistakes
 * stay {@link IllegalArgumentException} or {@link NullPointerException}; an interrupted thread stays {@link
 * InterruptedException}.
 */
public abstract sealed class DreamException extends RuntimeException
        permits InvalidInputException,
                NotFoundException,
                ConflictException,
                UnavailableException,
                UnsupportedException,
                CorruptDataException,
                StorageException,
                StoppedException {
    private static final long serialVersionUID = 1L;

    /** Says what went wrong, for programs. */
    private final ErrorCode code;

    DreamException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** Returns the one line that names the thing concerned and says what to do. */
    @Override
    public final String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /**
     * Returns the stable code of this error.
     *
     * @return the code
     */
    public final ErrorCode code() {
        return code;
    }

    /**
     * Tells whether the same call may succeed later without a change.
     *
     * @return true if a retry can help
     */
    public final boolean isRetryable() {
        return code.isRetryable();
    }
}
