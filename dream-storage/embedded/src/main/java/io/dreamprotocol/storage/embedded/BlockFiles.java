package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The finished blocks of a store: each a file named after its CID, or one of many in a pack. A file goes before a pack, so that a
 * damaged block of a pack is repaired by storing it again.
 */
final class BlockFiles {
    private final Layout layout;
    private final Packs packs;

    BlockFiles(Layout layout) {
        this.layout = layout;
        this.packs = new Packs(layout.folder());
    }

    Packs packs() {
        return packs;
    }

    Layout layout() {
        return layout;
    }

    boolean has(Cid cid) {
        Path file = layout.fileOf(cid);
        try {
            return isOnlyPacked(file, cid) || attributes(file).isRegularFile();
        } catch (NoSuchFileException e) {
            return isPacked(cid);
        } catch (IOException e) {
            throw StoreErrors.reading(layout.folder(), e);
        }
    }

    /** Asks first what answers without an exception, since with most blocks there is no such file. */
    private boolean isOnlyPacked(Path file, Cid cid) {
        return !Files.exists(file, LinkOption.NOFOLLOW_LINKS) && isPacked(cid);
    }

    private boolean isPacked(Cid cid) {
        try {
            return packs.find(cid).isPresent();
        } catch (IOException e) {
            throw StoreErrors.reading(layout.folder(), e);
        }
    }

    /**
     * Reads what claims to be a block.
     *
     * @throws DreamException with blob-corrupt if it is no file or too large, store-failed if it cannot be read
     */
    Optional<byte[]> read(Cid cid) {
        Path file = layout.fileOf(cid);
        try {
            if (isOnlyPacked(file, cid)) {
                return readPacked(cid);
            }
            BasicFileAttributes attributes = attributes(file);
            if (!attributes.isRegularFile() || attributes.size() > UnixFsFile.MAX_BLOCK_BYTES) {
                throw new CorruptDataException(
                        ErrorCode.BLOB_CORRUPT,
                        file
                                + " is no block of the store: not a file, or too large; move it away and store the blob again");
            }
            return Optional.of(read(file, (int) attributes.size()));
        } catch (NoSuchFileException e) {
            return readPacked(cid);
        } catch (IOException e) {
            throw StoreErrors.reading(layout.folder(), e);
        }
    }

    /** Reads a block, unless it is missing or damaged. */
    Optional<byte[]> sound(Cid cid) {
        try {
            return read(cid).filter(block -> Bytes.sha256(block).equals(cid.digest()));
        } catch (CorruptDataException e) {
            return Optional.empty();
        }
    }

    boolean isSound(Cid cid) {
        return sound(cid).isPresent();
    }

    private Optional<byte[]> readPacked(Cid cid) {
        try {
            return packs.read(cid);
        } catch (IOException e) {
            throw StoreErrors.reading(layout.folder(), e);
        }
    }

    /** Tells whether a block is a file of its own, whole. One that cannot be read counts as missing, and will be replaced. */
    boolean holds(Cid cid, ByteBuffer content) throws IOException {
        Path file = layout.fileOf(cid);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            BasicFileAttributes attributes = attributes(file);
            return attributes.isRegularFile()
                    && attributes.size() == content.remaining()
                    && ByteBuffer.wrap(read(file, content.remaining())).equals(content);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            return false;
        }
    }

    /** Gives a block's finished file its name, in place of what may have that name. */
    void take(Path finished, Cid cid) throws IOException {
        Path shard = layout.shardOf(cid);
        if (!Files.exists(shard, LinkOption.NOFOLLOW_LINKS)) {
            // Some tools that copy folders leave out the empty ones.
            Folders.createOne(shard);
            Folders.sync(layout.folder());
        }
        Folders.requireOwn(shard);
        // From now on it is young, and a collection spares it, however long the rest of the blob took.
        Files.setLastModifiedTime(finished, FileTime.from(Instant.now()));
        Files.move(finished, shard.resolve(cid.toString()), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Visits every block that is a file, in no order; what has no CID for a name is no block. */
    void forEach(BiConsumer<Cid, Path> visitor) {
        for (Path shard : layout.shards()) {
            if (Files.isDirectory(shard, LinkOption.NOFOLLOW_LINKS)) {
                try (DirectoryStream<Path> blocks = Files.newDirectoryStream(shard)) {
                    for (Path file : blocks) {
                        cidOf(file).ifPresent(cid -> visitor.accept(cid, file));
                    }
                } catch (IOException e) {
                    throw StoreErrors.reading(layout.folder(), e);
                }
            }
        }
    }

    /** Lists the blocks of all packs. */
    Set<Cid> packed() {
        try {
            Set<Cid> cids = new HashSet<>();
            packs.list().forEach(pack -> cids.addAll(pack.index().cids()));
            return cids;
        } catch (IOException e) {
            throw StoreErrors.reading(layout.folder(), e);
        }
    }

    private static Optional<Cid> cidOf(Path file) {
        String name = file.getFileName().toString();
        try {
            // A CID has several forms, and only one of them is a block's name.
            return Optional.of(Cid.parse(name)).filter(cid -> cid.toString().equals(name));
        } catch (InvalidInputException e) {
            return Optional.empty();
        }
    }

    /** Sums up the sizes of all blocks. */
    long bytes() {
        long[] sum = new long[1];
        forEach((cid, file) -> {
            try {
                sum[0] += attributes(file).size();
            } catch (NoSuchFileException e) {
                // Deleted since.
            } catch (IOException e) {
                throw StoreErrors.reading(layout.folder(), e);
            }
        });
        try {
            return sum[0] + packs.bytes();
        } catch (IOException e) {
            throw StoreErrors.reading(layout.folder(), e);
        }
    }

    /**
     * Gives the file of a block that is there a second name among what is being written, so that it stays even if its own is deleted, and makes
     * it young.
     *
     * @return whether that was done; false if the system does not do that
     */
    boolean link(Cid cid, Path name) throws IOException {
        try {
            Files.createLink(name, layout.fileOf(cid));
            Files.setLastModifiedTime(name, FileTime.from(Instant.now()));
            return true;
        } catch (FileAlreadyExistsException e) {
            return true; // the blob has this block twice
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (UnsupportedOperationException | IOException e) {
            return false;
        }
    }

    /** Does not follow a link, and does not open what would block, such as a pipe. */
    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static byte[] read(Path file, int size) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(size);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            while (content.hasRemaining() && channel.read(content) >= 0) {}
        }
        byte[] bytes = content.array();
        return content.hasRemaining() ? Arrays.copyOf(bytes, content.position()) : bytes;
    }
}
