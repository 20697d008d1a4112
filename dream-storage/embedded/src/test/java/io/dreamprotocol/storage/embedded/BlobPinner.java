package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.Cid;
import java.nio.file.Path;

/**
 * A process that stores and pins blobs, and prints the seed and CID of each when it is pinned, until it is killed. Arguments: the
 * folder, the first seed.
 */
final class BlobPinner {
    private BlobPinner() {}

    public static void main(String[] arguments) {
        try (FileBlobStore store = FileBlobStore.open(Path.of(arguments[0]), Long.MAX_VALUE, StoreWorkload.SIZES)) {
            for (long seed = Long.parseLong(arguments[1]); ; seed++) {
                System.out.println(seed + " " + putAndPin(store, BlobPutter.content(seed)));
                System.out.flush();
            }
        }
    }

    /** What is stored may be collected before it is pinned, if there is no grace. */
    static Cid putAndPin(FileBlobStore store, byte[] content) {
        while (true) {
            Cid cid = store.put(content);
            try {
                store.pin(cid);
                return cid;
            } catch (DreamException e) {
                if (e.code() != ErrorCode.BLOB_NOT_FOUND) {
                    throw e;
                }
            }
        }
    }
}
