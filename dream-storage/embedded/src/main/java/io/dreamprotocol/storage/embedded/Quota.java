package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;

/**
 * How many bytes a store may have. They are counted when the first is taken, and again before room is refused; what other processes
 * store in between is not seen.
 */
final class Quota {
    private final BlockFiles files;
    private final long limit;
    private long stored = -1;
    private long writing;

    Quota(BlockFiles files, long limit) {
        this.files = files;
        this.limit = limit;
    }

    /** Takes room for a block that is about to be written. */
    synchronized void take(int bytes) {
        if (limit == Long.MAX_VALUE) {
            return;
        }
        if (stored < 0 || stored + writing + bytes > limit) {
            stored = files.bytes();
        }
        if (stored + writing + bytes > limit) {
            throw new StorageException(
                    ErrorCode.STORE_FULL,
                    "The blob folder " + files.layout().folder() + " has " + stored + " of the " + limit
                            + " bytes that it may have; collect garbage or allow more");
        }
        writing += bytes;
    }

    /** Says what has become of the room that one write took. */
    synchronized void settle(long bytes, boolean kept) {
        writing -= bytes;
        if (kept && stored >= 0) {
            stored += bytes;
        }
    }
}
