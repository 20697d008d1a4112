package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Cuts one file into blocks, and builds the balanced tree over them from below while it reads. Chunks are hashed beside the caller,
 * who reads the next ones and gives the hashed ones to the sink.
 */
final class UnixFsWriter {
    private static final int CHUNKS_AHEAD = 8;
    /** Handing a smaller chunk over takes longer than hashing it. */
    private static final int MIN_CHUNK_BESIDE = 1 << 15;

    private final UnixFsOptions options;
    private final long maxFileBytes;
    private final BlockSink sink;

    /** The parts of the tree that no node holds yet: leaves at index 0, nodes over leaves at 1, and so on. */
    private final List<List<Part>> open = new ArrayList<>();

    private final Deque<Chunk> ahead = new ArrayDeque<>();

    UnixFsWriter(UnixFsOptions options, long maxFileBytes, BlockSink sink) {
        this.options = options;
        this.maxFileBytes = maxFileBytes;
        this.sink = sink;
    }

    /** A finished part of the tree: its root, the file's bytes in it, and the bytes of all its blocks. */
    record Part(Cid cid, long fileSize, long totalSize) {}

    private record Block(Cid cid, ByteBuffer content) {}

    /** A chunk that is being hashed, and the array that is free afterwards. */
    private static final class Chunk {
        private final byte[] bytes;
        private final int size;
        private final CompletableFuture<Block> block;

        Chunk(byte[] bytes, int size, CompletableFuture<Block> block) {
            this.bytes = bytes;
            this.size = size;
            this.block = block;
        }
    }

    Cid write(InputStream content) throws IOException {
        return writePart(content).cid;
    }

    Part writePart(InputStream content) throws IOException {
        byte[] chunk = new byte[options.chunkBytes()];
        long size = 0;
        int read = fill(chunk, content);
        do {
            size += read;
            if (size > maxFileBytes) {
                throw new InvalidInputException(
                        ErrorCode.BLOB_TOO_LARGE,
                        "A blob has at most " + maxFileBytes + " bytes; cut this one into several");
            }
            if (read < chunk.length || read < MIN_CHUNK_BESIDE) {
                finishChunks(0);
                addLeaf(leaf(chunk, read), read);
            } else {
                ahead.add(hashBeside(chunk, read));
                chunk = finishChunks(CHUNKS_AHEAD).orElseGet(() -> new byte[options.chunkBytes()]);
            }
            read = fill(chunk, content);
        } while (read > 0);
        finishChunks(0);
        return finish();
    }

    /** Does not leave it to the stream: one that overrides only {@code read} may give less than asked in {@code readNBytes}. */
    private static int fill(byte[] chunk, InputStream content) throws IOException {
        int filled = 0;
        while (filled < chunk.length) {
            int read = content.read(chunk, filled, chunk.length - filled);
            if (read < 0) {
                break;
            }
            filled += read;
        }
        return filled;
    }

    private Chunk hashBeside(byte[] bytes, int size) {
        return new Chunk(bytes, size, HashThreads.start(() -> leaf(bytes, size)));
    }

    /** Waits until no more chunks than so many are being hashed, and returns the array of one that is done. */
    private Optional<byte[]> finishChunks(int most) throws IOException {
        Optional<byte[]> free = Optional.empty();
        while (ahead.size() > most) {
            Chunk chunk = ahead.remove();
            addLeaf(chunk.block.join(), chunk.size);
            free = Optional.of(chunk.bytes);
        }
        return free;
    }

    private Block leaf(byte[] bytes, int size) {
        ByteBuffer chunk = ByteBuffer.wrap(bytes, 0, size);
        if (options.rawLeaves()) {
            return block(Cid.Codec.RAW, chunk);
        }
        byte[] content = new byte[size];
        chunk.get(content);
        UnixFsNode node = new UnixFsNode(UnixFsNode.Type.FILE, Bytes.of(content), size, List.of(), 0);
        byte[] encoded = new DagPbNode(List.of(), Optional.of(Bytes.of(node.encode()))).encode(options);
        return block(Cid.Codec.DAG_PB, ByteBuffer.wrap(encoded));
    }

    private static Block block(Cid.Codec codec, ByteBuffer content) {
        return new Block(Cid.of(codec, content), content);
    }

    private void addLeaf(Block leaf, int fileSize) throws IOException {
        int totalSize = leaf.content.remaining();
        sink.accept(leaf.cid, leaf.content);
        add(0, new Part(leaf.cid, fileSize, totalSize));
    }

    private void add(int level, Part part) throws IOException {
        if (level == open.size()) {
            open.add(new ArrayList<>());
        }
        List<Part> siblings = open.get(level);
        siblings.add(part);
        if (siblings.size() == UnixFsFile.LINKS_PER_NODE) {
            add(level + 1, join(siblings));
        }
    }

    private Part finish() throws IOException {
        for (int level = 0; level < open.size(); level++) {
            List<Part> siblings = open.get(level);
            boolean top = level == open.size() - 1;
            if (top && siblings.size() == 1) {
                return siblings.getFirst();
            }
            if (!siblings.isEmpty()) {
                add(level + 1, join(siblings));
            }
        }
        throw new IllegalStateException("A tree without a root");
    }

    private Part join(List<Part> children) throws IOException {
        List<DagPbNode.Link> links = children.stream()
                .map(child -> new DagPbNode.Link(child.cid, "", child.totalSize))
                .toList();
        UnixFsNode node =
                UnixFsNode.overBlocks(children.stream().map(Part::fileSize).toList());
        byte[] encoded = new DagPbNode(links, Optional.of(Bytes.of(node.encode()))).encode(options);
        long below = children.stream().mapToLong(Part::totalSize).sum();
        children.clear();
        Block block = block(Cid.Codec.DAG_PB, ByteBuffer.wrap(encoded));
        sink.accept(block.cid, block.content);
        return new Part(block.cid, node.fileSize(), below + encoded.length);
    }
}
