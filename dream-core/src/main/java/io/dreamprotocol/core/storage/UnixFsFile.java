package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Files as IPFS stores them: cut into blocks, the blocks tied together by a Merkle DAG whose root is the file's CID.
 *
 * <p>What is written is what {@code ipfs add --cid-version=1} writes: chunks of {@value #CHUNK_BYTES} bytes as raw leaves, and
 * over them, where there is more than one, a balanced tree of dag-pb nodes with up to {@value #LINKS_PER_NODE} links each. What
 * is read may have been cut otherwise, within the limits below; nothing a file's author does can make a reader hold more than a
 * few blocks, or walk far without getting a byte.
 *
 * <p>Sources: the UnixFS and DAG-PB specifications of IPFS and IPLD.
 */
public final class UnixFsFile {
    /** The size of every chunk but the last: 256 KiB. */
    public static final int CHUNK_BYTES = 262_144;

    /** The most links in a node that is written. */
    public static final int LINKS_PER_NODE = 174;

    /** The largest file that is written or read: 1 TiB. */
    public static final long MAX_FILE_BYTES = 1L << 40;

    /** The largest block that is read: 2 MiB, the most that IPFS nodes exchange. */
    public static final int MAX_BLOCK_BYTES = 2 << 20;

    /** The most links in a node that is read. */
    public static final int MAX_LINKS = 8_192;

    /** The most nodes above a leaf that is read. */
    public static final int MAX_DEPTH = 16;

    private UnixFsFile() {}

    /**
     * Computes the CID that a file has in every blob store.
     *
     * @param content the file's bytes
     * @return the CID
     */
    public static Cid cidOf(byte[] content) {
        if (content.length <= CHUNK_BYTES) {
            return Cid.of(Cid.Codec.RAW, content);
        }
        try {
            return cidOf(new ByteArrayInputStream(content));
        } catch (IOException e) {
            throw new IllegalStateException("Reading an array cannot fail", e);
        }
    }

    /**
     * Computes the CID that a file has in every blob store, in constant memory.
     *
     * @param content the file's bytes, read to the end; not closed
     * @return the CID
     * @throws IOException if reading fails
     * @throws InvalidInputException with {@link ErrorCode#BLOB_TOO_LARGE} beyond {@link #MAX_FILE_BYTES}
     */
    public static Cid cidOf(InputStream content) throws IOException {
        return write(content, (cid, block) -> {});
    }

    /**
     * Cuts a file into blocks, in constant memory.
     *
     * @param content the file's bytes, read to the end; not closed
     * @param sink takes the blocks, the root last
     * @return the root's CID
     * @throws IOException if reading or the sink fails
     * @throws InvalidInputException with {@link ErrorCode#BLOB_TOO_LARGE} beyond {@link #MAX_FILE_BYTES}
     */
    public static Cid write(InputStream content, BlockSink sink) throws IOException {
        return write(content, UnixFsOptions.DEFAULT, sink);
    }

    /**
     * Cuts a file into blocks otherwise than blob stores do, in constant memory. Large files are hashed by other threads beside the
     * caller's, which alone reads and calls the sink.
     *
     * @param content the file's bytes, read to the end; not closed
     * @param options how to cut it
     * @param sink takes the blocks, the root last
     * @return the root's CID
     * @throws IOException if reading or the sink fails
     * @throws InvalidInputException with {@link ErrorCode#BLOB_TOO_LARGE} beyond {@link #MAX_FILE_BYTES}
     */
    public static Cid write(InputStream content, UnixFsOptions options, BlockSink sink) throws IOException {
        return new UnixFsWriter(options, MAX_FILE_BYTES, sink).write(content);
    }

    /** Cuts a file into blocks, and returns it as an entry of a folder that has no name yet. */
    static UnixFsFolder.Entry writeEntry(InputStream content, UnixFsOptions options, BlockSink sink)
            throws IOException {
        UnixFsWriter.Part file = new UnixFsWriter(options, MAX_FILE_BYTES, sink).writePart(content);
        return new UnixFsFolder.Entry("", file.cid(), file.totalSize());
    }

    /**
     * Opens a file for reading. The root is checked now, every other block when its turn comes and before a byte of it is given
     * out. The stream is for one thread.
     *
     * @param root the file's CID
     * @param source gives the blocks
     * @return the file's bytes. Reading throws {@link NotFoundException} with {@link ErrorCode#BLOB_NOT_FOUND} at a missing
     *     block, {@link CorruptDataException} with {@link ErrorCode#BLOB_CORRUPT} at one that does not match its CID or does
     *     not fit the file, and whatever the source throws
     * @throws DreamException the same for the root; {@link ErrorCode#INVALID_CID} if the CID names no file,
     *     {@link ErrorCode#BLOB_TOO_LARGE} if the file states more than {@link #MAX_FILE_BYTES}
     */
    public static InputStream open(Cid root, BlockSource source) {
        return open(root, source, 0);
    }

    /**
     * Opens a file for reading, as {@link #open(Cid, BlockSource)} does, but fetches and checks blocks ahead, by other threads. That is
     * for sources on this machine: what nobody reads is fetched in vain.
     *
     * @param root the file's CID
     * @param source gives the blocks; thread-safe
     * @param ahead how many blocks are fetched and held in memory before their turn comes, at most
     * @return the file's bytes
     * @throws DreamException as {@link #open(Cid, BlockSource)} does
     */
    public static InputStream open(Cid root, BlockSource source, int ahead) {
        return new UnixFsInputStream(root, source, ahead);
    }
}
