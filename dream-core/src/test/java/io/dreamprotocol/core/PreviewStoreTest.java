package io.dreamprotocol.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreviewStoreTest {
    private final KeepingStore blobs = new KeepingStore();
    private final PreviewStore previews = new PreviewStore(blobs);

    private static RgbImage picture(int grey) {
        byte value = (byte) grey;
        return RgbImage.of(1, 1, new byte[] {value, value, value});
    }

    @Test
    void onlyTheLastPreviewIsKept() {
        previews.put(picture(1));
        previews.put(picture(1));
        assertThat(blobs.kept).hasSize(1);
        Cid second = previews.put(picture(2));
        assertThat(blobs.kept).containsExactly(second);
        previews.end();
        assertThat(blobs.kept).isEmpty();
        previews.end();
    }

    @Test
    void aStoreThatCannotBeToldDoesNotEndTheJob() {
        previews.put(picture(1));
        blobs.away = true;
        assertThatCode(() -> previews.put(picture(2))).doesNotThrowAnyException();
        assertThatCode(previews::end).doesNotThrowAnyException();
    }

    /** A store that keeps what is put until it is told otherwise, as Kubo does. */
    private static final class KeepingStore implements BlobStore {
        private final List<Cid> kept = new ArrayList<>();
        private boolean away;

        @Override
        public Cid put(InputStream content) throws IOException {
            Cid cid = UnixFsFile.cidOf(content);
            if (!kept.contains(cid)) {
                kept.add(cid);
            }
            return cid;
        }

        @Override
        public void release(Cid cid) {
            if (away) {
                throw new UnavailableException(ErrorCode.REMOTE_UNAVAILABLE, "away");
            }
            kept.remove(cid);
        }

        @Override
        public InputStream open(Cid cid) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean has(Cid cid) {
            return kept.contains(cid);
        }

        @Override
        public void close() {}
    }
}
