package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Says what a failed call means, and what its caller can do. */
final class IpfsErrors {
    private static final int MAX_WORDS = 200;

    private IpfsErrors() {}

    /**
     * A call broke off.
     *
     * @param server its name and address
     * @param call what was asked
     */
    static DreamException broken(String server, String call, IOException cause) {
        if (Thread.currentThread().isInterrupted()) {
            return new StoppedException(
                    ErrorCode.CANCELLED, "The call " + call + " to " + server + " was interrupted", cause);
        }
        if (cause instanceof InterruptedIOException && !(cause instanceof SocketTimeoutException)) {
            return new StoppedException(
                    ErrorCode.DEADLINE_EXCEEDED, "The call " + call + " to " + server + " took too long", cause);
        }
        String what = cause instanceof SocketTimeoutException ? "it says nothing" : words(cause.getMessage());
        return new UnavailableException(
                ErrorCode.REMOTE_UNAVAILABLE,
                "Cannot complete the call " + call + " to " + server + ": " + what
                        + "; check that it runs and try again",
                cause);
    }

    static DreamException refused(String server, String call, KuboRefusal cause) {
        if (cause.says("no space left") || cause.says("storage limit") || cause.says("disk quota")) {
            return new StorageException(
                    ErrorCode.STORE_FULL,
                    "No room is left in " + server + " (" + words(cause.getMessage())
                            + "); free some, or let it collect garbage",
                    cause);
        }
        if (cause.says("read-only file system") || cause.says("permission denied")) {
            return new StorageException(
                    ErrorCode.STORE_READ_ONLY,
                    server + " cannot write to its repository (" + words(cause.getMessage()) + "); make it writable",
                    cause);
        }
        return new UnavailableException(
                ErrorCode.REMOTE_UNAVAILABLE,
                server + " did not complete the call " + call + ": " + words(cause.getMessage()),
                cause);
    }

    static CorruptDataException mismatch(String server, String call, String what) {
        return new CorruptDataException(
                ErrorCode.REMOTE_MISMATCH, server + " answered the call " + call + " wrongly: " + what);
    }

    static InvalidInputException configuration(String message) {
        return new InvalidInputException(ErrorCode.INVALID_CONFIGURATION, message);
    }

    /** The web address behind a backend's scheme. */
    static URI webAddress(BackendAddress address) {
        try {
            URI uri = new URI(address.location());
            KuboSettings.requireWebAddress(uri);
            return uri;
        } catch (URISyntaxException e) {
            // Not in the message, because it may hold what is secret.
            throw configuration("The address " + address.scheme() + ": needs a web address behind it, for example "
                    + address.scheme() + ":https://example.org");
        }
    }

    /** Another's words on one line, without what could confuse a terminal. */
    static String words(@Nullable String text) {
        StringBuilder words = new StringBuilder();
        Objects.requireNonNullElse(text, "no reason given")
                .codePoints()
                .limit(MAX_WORDS)
                .map(letter ->
                        Character.isISOControl(letter) || Character.getType(letter) == Character.FORMAT ? ' ' : letter)
                .forEach(words::appendCodePoint);
        return words.toString().strip();
    }
}
