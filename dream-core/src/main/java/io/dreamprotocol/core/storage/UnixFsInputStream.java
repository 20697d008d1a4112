package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Walks a file's tree depth first, fetching and checking one block at a time. */
final class UnixFsInputStream extends InputStream {
    private final Cid root;
    private final BlockSource source;
    private final int ahead;
    private final Deque<Position> path = new ArrayDeque<>();
    private ByteBuffer current = ByteBuffer.allocate(0);
    private boolean closed;
    private @Nullable DreamException failure;

    /** Where the walk stands in one node on the way from the root to the current leaf. */
    private static final class Position {
        private final List<DagPbNode.Link> links;
        private final List<Long> sizes;
        /** What is being fetched, from the next link on. */
        private final Deque<CompletableFuture<Fetched>> ahead = new ArrayDeque<>();

        private int next;

        Position(List<DagPbNode.Link> links, List<Long> sizes) {
            this.links = links;
            this.sizes = sizes;
        }
    }

    /** A block that was fetched ahead and is sound, or what came instead. */
    private record Fetched(
            @Nullable ByteBuffer block, @Nullable RuntimeException failure) {
        byte[] get() {
            if (failure != null) {
                throw failure;
            }
            return Objects.requireNonNull(block).array();
        }
    }

    UnixFsInputStream(Cid root, BlockSource source, int ahead) {
        this.root = root;
        this.source = source;
        this.ahead = ahead;
        enter(root, -1, verified(root));
    }

    /** Makes a block's bytes current and its links the next to be walked. */
    private void enter(Cid cid, long statedSize, byte[] block) {
        long size;
        if (cid.codec() == Cid.Codec.RAW) {
            size = block.length;
            current = ByteBuffer.wrap(block);
        } else {
            size = enterNode(cid, block);
        }
        if (statedSize >= 0 && size != statedSize) {
            throw corrupt(cid, "it has " + size + " bytes of the file instead of " + statedSize);
        }
    }

    private long enterNode(Cid cid, byte[] block) {
        DagPbNode node;
        UnixFsNode file;
        try {
            node = DagPbNode.decode(block, UnixFsFile.MAX_LINKS);
            file = UnixFsNode.decode(
                    node.data().orElseThrow(() -> ProtobufReader.malformed("a node without data")),
                    UnixFsFile.MAX_LINKS);
        } catch (CorruptDataException e) {
            throw corrupt(cid, e.getMessage());
        }
        if (!file.type().isFile()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CID,
                    "CID " + cid + " names a " + file.type().label() + ", which is no file");
        }
        if (file.fileSize() > UnixFsFile.MAX_FILE_BYTES) {
            throw new InvalidInputException(
                    ErrorCode.BLOB_TOO_LARGE,
                    "Blob " + cid + " states " + file.fileSize() + " bytes; at most " + UnixFsFile.MAX_FILE_BYTES
                            + " can be read");
        }
        if (file.blockSizes().size() != node.links().size()) {
            throw corrupt(
                    cid,
                    "it has " + node.links().size() + " links and sizes for "
                            + file.blockSizes().size());
        }
        if (path.size() == UnixFsFile.MAX_DEPTH) {
            throw corrupt(cid, "it lies deeper than " + UnixFsFile.MAX_DEPTH + " nodes below the root");
        }
        path.push(new Position(node.links(), file.blockSizes()));
        current = ByteBuffer.wrap(file.data().toArray());
        return file.fileSize();
    }

    /** Fetches a block and checks it. */
    private byte[] verified(Cid cid) {
        if (cid.codec() == Cid.Codec.DAG_CBOR) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CID, "CID " + cid + " names a DAG-CBOR value, which is no file");
        }
        byte[] block = source.block(cid)
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.BLOB_NOT_FOUND,
                        cid.equals(root)
                                ? "No blob " + cid + " is stored here"
                                : "Blob " + root + " is incomplete: its block " + cid + " is not stored here"));
        if (block.length > UnixFsFile.MAX_BLOCK_BYTES) {
            throw corrupt(cid, "it has more than " + UnixFsFile.MAX_BLOCK_BYTES + " bytes");
        }
        if (!Bytes.sha256(block).equals(cid.digest())) {
            throw corrupt(cid, "its bytes have another SHA-256; store the blob again to repair it");
        }
        return block;
    }

    private CorruptDataException corrupt(Cid cid, String what) {
        return new CorruptDataException(
                ErrorCode.BLOB_CORRUPT, "Blob " + root + " is damaged at block " + cid + ": " + what);
    }

    /** Makes bytes current, unless the file is at its end. */
    private boolean fill() throws IOException {
        if (closed) {
            throw new IOException("The stream of blob " + root + " is closed");
        }
        if (failure != null) {
            throw failure;
        }
        try {
            return moveToBytes();
        } catch (DreamException e) {
            // A reader that goes on after an error must not get the bytes behind the gap.
            failure = e;
            throw e;
        }
    }

    private boolean moveToBytes() {
        while (!current.hasRemaining()) {
            while (!path.isEmpty()
                    && path.element().next == path.element().links.size()) {
                path.pop();
            }
            if (path.isEmpty()) {
                return false;
            }
            Position at = path.element();
            int child = at.next;
            Cid cid = at.links.get(child).cid();
            byte[] block = fetch(at, cid);
            at.next++;
            enter(cid, at.sizes.get(child), block);
        }
        return true;
    }

    private byte[] fetch(Position at, Cid cid) {
        if (cid.codec() != Cid.Codec.RAW) {
            // Below it other blocks come first, and no more are held than one node's.
            at.ahead.clear();
            return verified(cid);
        }
        // Who reads no more than the first block shall not pay for more.
        if (at.next > 0) {
            fetchAhead(at);
        }
        CompletableFuture<Fetched> coming = at.ahead.poll();
        return coming == null ? verified(cid) : coming.join().get();
    }

    private void fetchAhead(Position at) {
        while (at.ahead.size() < ahead && at.next + at.ahead.size() < at.links.size()) {
            Cid cid = at.links.get(at.next + at.ahead.size()).cid();
            if (cid.codec() != Cid.Codec.RAW) {
                return;
            }
            at.ahead.add(HashThreads.start(() -> {
                try {
                    return new Fetched(ByteBuffer.wrap(verified(cid)), null);
                } catch (RuntimeException e) {
                    return new Fetched(null, e);
                }
            }));
        }
    }

    @Override
    public int read() throws IOException {
        return fill() ? current.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, current.remaining());
        current.get(target, offset, count);
        return count;
    }

    @Override
    public long transferTo(OutputStream out) throws IOException {
        long count = 0;
        while (fill()) {
            int bytes = current.remaining();
            out.write(current.array(), current.arrayOffset() + current.position(), bytes);
            current.position(current.limit());
            count += bytes;
        }
        return count;
    }

    @Override
    public int available() {
        return current.remaining();
    }

    @Override
    public void close() {
        closed = true;
        path.clear();
        current = ByteBuffer.allocate(0);
    }
}
