package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.storage.BlockSource;
import io.dreamprotocol.core.storage.BlockStore;
import io.dreamprotocol.core.storage.CarReader;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.Dag;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.storage.UnixFsFolder;
import io.dreamprotocol.core.storage.UnixFsOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A blob store in a folder: every block is a file under its CID, or lies with many others in a pack.
 *
 * <p>A block appears whole or not at all, never changes, and is checked whenever it is read; so any number of threads and
 * processes may use one folder without waiting for each other. Storing a blob again repairs its damaged blocks. A folder that
 * cannot be written can still be read.
 */
public final class FileBlobStore implements BlockStore {
    private static final int BLOCKS_AHEAD = 8;
    private static final Duration GRACE = Duration.ofMinutes(10);

    private final Layout layout;
    private final BlockFiles files;
    private final Pins pins;
    private final StoreLock lock;
    private final Quota quota;
    private final BlobWrite.PackSizes packSizes;
    private @Nullable Workspace workspace;
    private long writesBegun;
    private int writesRunning;
    private boolean closed;

    private FileBlobStore(Layout layout, long quotaBytes, BlobWrite.PackSizes packSizes) {
        this.layout = layout;
        this.packSizes = packSizes;
        files = new BlockFiles(layout);
        pins = new Pins(layout.folder());
        quota = new Quota(files, quotaBytes);
        lock = StoreLock.of(realPath(layout.folder()));
    }

    /** The same for every way to a folder, as far as the folder exists. */
    private static Path realPath(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            Path parent = folder.getParent();
            return parent == null ? folder : realPath(parent).resolve(folder.getFileName());
        }
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
        return open(folder, Long.MAX_VALUE);
    }

    /**
     * Opens the store in a folder, as {@link #open(Path)} does, and limits what it may hold.
     *
     * @param folder the folder
     * @param quotaBytes the most bytes of blocks; beyond it, storing fails with {@link ErrorCode#STORE_FULL} and changes nothing. What
     *     other processes store is seen only when room runs short
     * @return the store
     * @throws StorageException as {@link #open(Path)} does
     */
    public static FileBlobStore open(Path folder, long quotaBytes) {
        return open(folder, quotaBytes, BlobWrite.PackSizes.USUAL);
    }

    static FileBlobStore open(Path folder, long quotaBytes, BlobWrite.PackSizes packSizes) {
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
        return new FileBlobStore(layout, quotaBytes, packSizes);
    }

    @Override
    public Cid put(InputStream content) throws IOException {
        return put(content, UnixFsOptions.DEFAULT);
    }

    /**
     * Stores bytes as {@link #put(InputStream)} does, but cut otherwise, so that they have another CID.
     *
     * @param content the bytes, read to the end, in constant memory; not closed
     * @param options how to cut them
     * @return the blob's CID, which {@link UnixFsOptions#textOf} gives the form that {@code ipfs add} prints
     * @throws IOException if reading {@code content} fails; nothing is stored
     */
    public Cid put(InputStream content, UnixFsOptions options) throws IOException {
        return write(write -> UnixFsFile.write(content, options, write));
    }

    @Override
    public Cid putFolder(Path folder, LongConsumer read) throws IOException {
        return pinned(write(write -> UnixFsFolder.write(folder, write.counting(read))));
    }

    @Override
    public Cid importCar(InputStream car) throws IOException {
        return pinned(write(write -> {
            CarReader reader = new CarReader(car);
            if (reader.roots().size() != 1) {
                throw new CorruptDataException(
                        ErrorCode.MALFORMED_DATA,
                        "The CAR has " + reader.roots().size() + " roots; only one with one root can be stored");
            }
            while (reader.next()) {
                write.accept(reader.cid(), ByteBuffer.wrap(reader.block()));
            }
            Cid root = reader.roots().getFirst();
            BlockSource both = cid -> write.taken(cid).or(() -> files.read(cid));
            Set<Cid> seen = new HashSet<>();
            Dag.walk(root, both, cid -> {
                if (cid.codec() == Cid.Codec.RAW && !write.has(cid) && !files.has(cid)) {
                    throw new NotFoundException(
                            ErrorCode.BLOB_NOT_FOUND, "The CAR lacks block " + cid + " below its root " + root);
                }
                return seen.add(cid);
            });
            return root;
        }));
    }

    private Cid pinned(Cid root) {
        pin(root);
        return root;
    }

    private interface Content {
        Cid writeTo(BlobWrite write) throws IOException;
    }

    private Cid write(Content content) throws IOException {
        Path staging = beginWrite();
        try (BlobWrite write = new BlobWrite(files, staging, quota, packSizes)) {
            Cid root = content.writeTo(write);
            write.finish(root, lock);
            return root;
        } finally {
            endWrite();
        }
    }

    @Override
    public InputStream open(Cid cid) {
        checkOpen();
        return UnixFsFile.open(cid, this, BLOCKS_AHEAD);
    }

    /**
     * Gives one block as it is on the disk, unchecked, as every block source does.
     *
     * @param cid the block's CID
     * @return its bytes, or empty if it is not here
     */
    @Override
    public Optional<byte[]> block(Cid cid) {
        checkOpen();
        return files.read(cid);
    }

    @Override
    public boolean has(Cid cid) {
        checkOpen();
        return files.has(cid);
    }

    @Override
    public void putBlock(Cid cid, byte[] block) {
        if (!Bytes.sha256(block).equals(cid.digest())) {
            throw new IllegalArgumentException("The bytes are not those of block " + cid);
        }
        try {
            write(write -> {
                write.accept(cid, ByteBuffer.wrap(block));
                return cid;
            });
        } catch (IOException e) {
            throw new IllegalStateException("Reading an array cannot fail", e);
        }
    }

    @Override
    public boolean evict() {
        return collectGarbage(deleted -> {}).bytes() > 0;
    }

    /**
     * Keeps a block and all below it from garbage collection. The pin is on the disk when this returns.
     *
     * @param cid the CID of a blob, a folder, or any block
     * @throws DreamException {@link ErrorCode#BLOB_NOT_FOUND} if not all of it is here, {@link ErrorCode#BLOB_CORRUPT} if a node of it is
     *     damaged, {@link ErrorCode#STORE_LOCKED} if a collection takes very long
     */
    @Override
    public void pin(Cid cid) {
        checkOpen();
        if (!files.has(cid)) {
            throw missing(cid, cid);
        }
        StoreLock.Held held = lock.shared();
        try {
            Set<Cid> seen = new HashSet<>();
            Dag.walk(cid, files::read, below -> {
                if (!files.has(below)) {
                    throw missing(cid, below);
                }
                return seen.add(below);
            });
            pins.add(cid);
        } finally {
            held.close();
        }
    }

    private static NotFoundException missing(Cid root, Cid block) {
        return new NotFoundException(
                ErrorCode.BLOB_NOT_FOUND,
                root.equals(block)
                        ? "No blob " + root + " is stored here"
                        : "Blob " + root + " is incomplete: its block " + block + " is not stored here");
    }

    @Override
    public void unpin(Cid cid) {
        checkOpen();
        pins.remove(cid);
    }

    /** Lists what is pinned, sorted. */
    @Override
    public List<Cid> pins() {
        checkOpen();
        return List.copyOf(pins.list());
    }

    @Override
    public Garbage findGarbage() {
        return collect(GRACE, false, deleted -> {});
    }

    /**
     * Deletes the blocks that no pin keeps and that were stored, or stored again, more than ten minutes ago.
     *
     * @throws StorageException as {@link #collectGarbage(Duration)} does
     */
    @Override
    public Garbage collectGarbage(LongConsumer deleted) {
        return collect(GRACE, true, deleted);
    }

    /**
     * Deletes the blocks that no pin keeps, except young ones, so that what was stored a moment ago can still be pinned. Waits for
     * blobs that just take their places, and not for those that are being written.
     *
     * @param grace how long ago a block must have been stored, or stored again, to be deleted
     * @return what was deleted
     * @throws StorageException with {@link ErrorCode#STORE_CORRUPT} if something pinned is missing or damaged; nothing is deleted then.
     *     {@link ErrorCode#STORE_LOCKED} if the store is busy for very long
     */
    public Garbage collectGarbage(Duration grace) {
        return collect(grace, true, deleted -> {});
    }

    private Garbage collect(Duration grace, boolean delete, LongConsumer deleted) {
        checkOpen();
        if (!Files.isDirectory(layout.folder())) {
            return new Garbage(0, 0);
        }
        List<Path> begun = new ArrayList<>();
        Supplier<Path> name = () -> {
            begun.add(beginWrite());
            return begun.getLast();
        };
        StoreLock.Held held = lock.exclusive();
        try (PackSweep packs = new PackSweep(files.packs(), layout, name)) {
            return new GarbageCollection(files, packs, delete, deleted).run(pins.list(), grace);
        } finally {
            held.close();
            begun.forEach(path -> endWrite());
        }
    }

    /**
     * Reads every block, and finds those that are damaged, and those that are missing below a pin.
     *
     * @return their CIDs, sorted; empty if all is well
     */
    public List<Cid> verify() {
        checkOpen();
        Set<Cid> broken = new TreeSet<>();
        files.forEach((cid, file) -> {
            if (!files.isSound(cid)) {
                broken.add(cid);
            }
        });
        for (Cid cid : files.packed()) {
            if (!files.isSound(cid) && files.has(cid)) {
                broken.add(cid);
            }
        }
        Set<Cid> seen = new HashSet<>();
        Deque<Cid> waiting = new ArrayDeque<>(pins.list());
        while (!waiting.isEmpty()) {
            Cid cid = waiting.pop();
            if (!seen.add(cid)) {
                continue;
            }
            if (broken.contains(cid) || !files.has(cid)) {
                broken.add(cid);
            } else if (cid.codec() != Cid.Codec.RAW) {
                files.sound(cid).ifPresent(block -> Dag.links(cid, block).forEach(waiting::push));
            }
        }
        return List.copyOf(broken);
    }

    /**
     * Fetches what {@link #verify} finds broken from elsewhere.
     *
     * @param source gives the blocks; each is checked
     * @return what is still broken
     */
    public List<Cid> repair(BlockSource source) {
        List<Cid> broken = verify();
        boolean progress = true;
        while (progress && !broken.isEmpty()) {
            progress = false;
            for (Cid cid : broken) {
                Optional<byte[]> block = source.block(cid)
                        .filter(bytes -> bytes.length <= UnixFsFile.MAX_BLOCK_BYTES
                                && Bytes.sha256(bytes).equals(cid.digest()));
                if (block.isPresent()) {
                    putBlock(cid, block.get());
                    progress = true;
                }
            }
            // Below a node that was missing, more may be.
            broken = verify();
        }
        return broken;
    }

    /**
     * Tells how much is stored.
     *
     * @return the bytes of all blocks
     */
    public long bytes() {
        checkOpen();
        return files.bytes();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            lock.release();
        }
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
