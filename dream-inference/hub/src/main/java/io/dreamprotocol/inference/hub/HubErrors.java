package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.error.UnsupportedException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Locale;
import java.util.Objects;

/** Says what went wrong with a hub or the cache, and what its user can do. */
final class HubErrors {
    private HubErrors() {}

    /** What a status of the hub other than success means, by the hub's error codes where it gives one. */
    static DreamException refused(HubSettings settings, Target target, int status, String errorCode) {
        String hub = settings.hubName();
        HubReference reference = target.reference();
        boolean withToken = settings.token().isPresent();
        if (errorCode.equals("GatedRepo")) {
            return new UnavailableException(
                    ErrorCode.REMOTE_REFUSED,
                    reference.repository() + " on " + hub + " is gated: accept its terms on its page there, and "
                            + (withToken ? "use a token of that account" : "configure a token of that account"));
        }
        if (errorCode.equals("RevisionNotFound")) {
            return new NotFoundException(
                    ErrorCode.UNKNOWN_MODEL,
                    reference.repository() + " on " + hub + " has no revision '" + reference.revision()
                            + "'; name one of its branches, tags or commits");
        }
        if (errorCode.equals("EntryNotFound")) {
            return missing(target);
        }
        if (errorCode.equals("RepoNotFound")) {
            return unknown(hub, reference, withToken);
        }
        return switch (status) {
            case 401 ->
                new UnavailableException(
                        ErrorCode.REMOTE_REFUSED,
                        withToken
                                ? hub + " does not accept the token for " + target
                                        + "; check that it is whole, valid and of this hub"
                                : hub + " asks for a token for " + target
                                        + "; check the model's name, and configure a token that may read it");
            case 403 ->
                new UnavailableException(
                        ErrorCode.REMOTE_REFUSED,
                        hub + " does not allow access to " + target + "; "
                                + (withToken
                                        ? "use a token that may read it"
                                        : "configure a token that may read it, if there is one"));
            case 404, 410 -> target.isFile() ? missing(target) : unknown(hub, reference, withToken);
            default ->
                new UnavailableException(
                        ErrorCode.REMOTE_REFUSED,
                        hub + " refuses " + target + " with status " + status
                                + "; check that its address is that of a Hugging Face hub");
        };
    }

    private static DreamException missing(Target target) {
        return new NotFoundException(
                ErrorCode.MODEL_FILE_MISSING,
                "The hub lists " + target + " but does not have it; try another revision, or tell the model's owner");
    }

    private static DreamException unknown(String hub, HubReference reference, boolean withToken) {
        return new NotFoundException(
                ErrorCode.UNKNOWN_MODEL,
                "There is no model " + reference.repository() + " on " + hub + ", or it is private: check the name, "
                        + (withToken ? "or use a token that may read it" : "or configure a token that may read it"));
    }

    /** Attempts have come to nothing. */
    static UnavailableException unavailable(HubSettings settings, Target target, IOException cause) {
        return new UnavailableException(
                ErrorCode.REMOTE_UNAVAILABLE,
                "Cannot get " + target + " from " + settings.hubName() + " (" + Shown.of(reason(cause))
                        + "); check the network and the hub's address, and try again later: what was fetched is kept",
                cause);
    }

    static UnavailableException untrusted(HubSettings settings, Target target, IOException cause) {
        return new UnavailableException(
                ErrorCode.REMOTE_UNAVAILABLE,
                "Cannot get " + target + " from " + settings.hubName()
                        + ": its certificate is not trusted; check the hub's address, the clock, and this Java's"
                        + " certificates",
                cause);
    }

    static UnavailableException askedToWait(HubSettings settings, Target target, BrokenException cause) {
        return new UnavailableException(
                ErrorCode.REMOTE_UNAVAILABLE,
                settings.hubName() + " asks to wait " + cause.askedPause().toSeconds() + " seconds before " + target
                        + " (" + cause.getMessage() + "); try again then: what was fetched is kept",
                cause);
    }

    /** The hub, or where it sent us, does not keep to what it said. */
    static CorruptDataException mismatch(Object subject, String what) {
        return new CorruptDataException(
                ErrorCode.REMOTE_MISMATCH,
                "Refused " + subject + ": " + what + "; try again later, or tell the hub's operator");
    }

    static UnsupportedException tooLarge(Object subject, long size, long limit) {
        return new UnsupportedException(
                ErrorCode.UNSUPPORTED,
                "Refused " + subject + ": " + Shown.bytes(size) + " is more than the limit of " + Shown.bytes(limit)
                        + "; choose a smaller model");
    }

    static DreamException reading(Path path, IOException cause) {
        if (cause instanceof ClosedByInterruptException) {
            return interrupted(cause);
        }
        return new StorageException(
                ErrorCode.STORE_FAILED,
                "The cached file " + path + " cannot be read (" + reason(cause) + "); check its permissions",
                cause);
    }

    static DreamException writing(Path folder, Exception cause) {
        if (cause instanceof ClosedByInterruptException) {
            return interrupted(cause);
        }
        String reason = reason(cause);
        String lower = reason.toLowerCase(Locale.ROOT);
        if (cause instanceof AccessDeniedException
                || cause instanceof ReadOnlyFileSystemException
                || lower.contains("read-only")
                || lower.contains("permission denied")) {
            return new StorageException(
                    ErrorCode.STORE_READ_ONLY,
                    "The cache folder " + folder + " cannot be written; make it writable or choose another",
                    cause);
        }
        if (lower.contains("no space") || lower.contains("not enough space") || lower.contains("quota")) {
            return new StorageException(
                    ErrorCode.STORE_FULL,
                    "The disk of the cache folder " + folder + " is full; free some space: what was fetched is kept",
                    cause);
        }
        return new StorageException(
                ErrorCode.STORE_FAILED,
                "The cache folder " + folder + " cannot be written (" + reason + "); choose another",
                cause);
    }

    static StoppedException interrupted(Exception cause) {
        Thread.currentThread().interrupt();
        return new StoppedException(
                ErrorCode.CANCELLED, "The fetching was interrupted; what was fetched is kept", cause);
    }

    private static String reason(Exception cause) {
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof FileSystemException e) {
            String kind = e.getClass().getSimpleName().replace("Exception", "");
            return Objects.requireNonNullElse(e.getReason(), kind);
        }
        return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
    }
}
