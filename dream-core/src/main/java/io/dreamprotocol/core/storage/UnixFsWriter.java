package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Cuts one file into blocks, and builds the balanced tree over them from below while it reads. */
final class UnixFsWriter {
    private final int chunkBytes;
    private final long maxFileBytes;
    private final BlockSink sink;
    private final MessageDigest sha256 = Bytes.newSha256();

    /** The parts of the tree that no node holds yet: leaves at index 0, nodes over leaves at 1, and so on. */
    private final List<List<Part>> open = new ArrayList<>();

    UnixFsWriter(int chunkBytes, long maxFileBytes, BlockSink sink) {
        this.chunkBytes = chunkBytes;
        this.maxFileBytes = maxFileBytes;
        this.sink = sink;
    }

    /** A finished part of the tree: its root, the file's bytes in it, and the bytes of all its blocks. */
    record Part(Cid cid, long fileSize, long totalSize) {}

    Cid write(InputStream content) throws IOException {
        return writePart(content).cid;
    }

    Part writePart(InputStream content) throws IOException {
        byte[] chunk = new byte[chunkBytes];
        long size = 0;
        int read = fill(chunk, content);
        do {
            size += read;
            if (size > maxFileBytes) {
                throw new InvalidInputException(
                        ErrorCode.BLOB_TOO_LARGE,
                        "A blob has at most " + maxFileBytes + " bytes; cut this one into several");
            }
            Cid cid = give(Cid.Codec.RAW, ByteBuffer.wrap(chunk, 0, read));
            add(0, new Part(cid, read, read));
            read = fill(chunk, content);
        } while (read > 0);
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
        byte[] block = new DagPbNode(links, Optional.of(Bytes.of(node.encode()))).encode();
        long below = children.stream().mapToLong(Part::totalSize).sum();
        children.clear();
        return new Part(give(Cid.Codec.DAG_PB, ByteBuffer.wrap(block)), node.fileSize(), below + block.length);
    }

    private Cid give(Cid.Codec codec, ByteBuffer block) throws IOException {
        sha256.update(block.duplicate());
        Cid cid = new Cid(codec, Bytes.of(sha256.digest()));
        sink.accept(cid, block);
        return cid;
    }
}
