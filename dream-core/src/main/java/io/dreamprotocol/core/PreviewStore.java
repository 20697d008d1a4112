package io.dreamprotocol.core;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import java.util.List;
import java.util.Optional;

/**
 * Stores the previews of one job, each of which is of use until the next one comes: a store that keeps all that is put is then told that it
 * need not.
 *
 * <p>Thread-safe.
 */
final class PreviewStore {
    private final BlobStore blobs;
    private Optional<Cid> last = Optional.empty();

    PreviewStore(BlobStore blobs) {
        this.blobs = blobs;
    }

    /** Stores a preview. */
    synchronized Cid put(RgbImage picture) {
        Cid cid = blobs.put(PngPixels.encode(picture, List.of()).toBytes());
        last.filter(before -> !before.equals(cid)).ifPresent(this::release);
        last = Optional.of(cid);
        return cid;
    }

    private void release(Cid cid) {
        try {
            blobs.release(cid);
        } catch (DreamException e) {
            // It takes room for longer than it should, and the job goes on.
            return;
        }
    }

    /** Has the last preview kept no longer. */
    synchronized void end() {
        last.ifPresent(this::release);
        last = Optional.empty();
    }
}
