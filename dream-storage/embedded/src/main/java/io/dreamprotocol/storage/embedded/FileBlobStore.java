package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A blob store in a folder: every block is a file under its CID.
 *
 * <p>A block's file appears whole or not at all, never changes, and is checked whenever it is read; so any number of threads and
 * processes may use one folder without waiting for each other. Storing a blob again repairs its damaged blocks. A folder that
 * cannot be written can still be read.
 */
public final class FileBlobStore implements BlobStore {
    private final Layout layout;
    private final BlockFiles files;
    private @Nullable Workspace workspace;
    private long writesBegun;
    private int writesRunning;
    private boolean closed;

    private FileBlobStore(Layout layout) {
        this.layout = layout;
        files = new BlockFiles(layout);
    }

    /**
     * Opens the store in a folder, and deletes what processes that died while writing have left there.
     *
     * @param folder the folder; created by the first {@link #put} if it does not exist
     * @return the store
     * @throws StorageException with {@link ErrorCode#STORE_FAILED} if the folder, or one above it, is a file, and {@link
     *     ErrorCode#STORE_CORRUPT} if it is the store of another version
     */
    public static FileBlobStore open(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        Path existing = absolute;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing != null && !Files.isDirectory(existing)) {
            throw StoreErrors.notAFolder(existing);
        }
        Layout layout = new Layout(absolute);
        try {
            layout.checkVersion();
            Workspace.clean(layout.writing());
        } catch (IOException e) {
            // A folder that cannot be read is named when something is wanted from it.
        }
        return new FileBlobStore(layout);
    }

    @Override
    public Cid put(InputStream content) throws IOException {
        Path staging = beginWrite();
        try (BlobWrite write = BlobWrite.start(files, staging)) {
            Cid root = UnixFsFile.write(content, write);
            write.finish(root);
            return root;
        } finally {
            endWrite();
        }
    }

    @Override
    public InputStream open(Cid cid) {
        checkOpen();
        return UnixFsFile.open(cid, this::block);
    }

    private Optional<byte[]> block(Cid cid) {
        checkOpen();
        return files.read(cid);
    }

    @Override
    public boolean has(Cid cid) {
        checkOpen();
        return files.has(cid);
    }

    @Override
    public synchronized void close() {
        closed = true;
        releaseWorkspace();
    }

    private synchronized void checkOpen() {
        if (closed) {
            throw new IllegalStateException("The blob store in " + layout.folder() + " is closed");
        }
    }

    /** Returns a name for the folder of a new write. */
    private synchronized Path beginWrite() {
        checkOpen();
        try {
            if (workspace == null) {
                layout.create();
                workspace = Workspace.create(layout.writing());
            }
        } catch (IOException e) {
            throw StoreErrors.writing(layout.folder(), e);
        }
        writesRunning++;
        return workspace.folder().resolve(Long.toString(++writesBegun));
    }

    private synchronized void endWrite() {
        writesRunning--;
        if (closed) {
            releaseWorkspace();
        }
    }

    private void releaseWorkspace() {
        if (workspace != null && writesRunning == 0) {
            try {
                workspace.delete();
            } catch (IOException e) {
                // Whoever opens the store next deletes it.
            }
            workspace = null;
        }
    }
}
