package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.storage.BlockSink;
import io.dreamprotocol.core.storage.BlockSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.Dag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * The blocks of a tree that a node does not have yet.
 *
 * @param root the root of the tree
 * @param from has all blocks
 * @param node is asked for each of them
 * @param sent is told the number of bytes sent so far
 */
record MissingBlocks(Cid root, BlockSource from, KuboClient node, LongConsumer sent) implements DagUpload.Content {
    @Override
    public Cid writeTo(BlockSink sink) throws IOException {
        Set<Cid> seen = new HashSet<>();
        long[] bytes = new long[1];
        try {
            Dag.walk(root, from, cid -> {
                if (!seen.add(cid)) {
                    return false;
                }
                if (node.blockSize(cid).isEmpty()) {
                    byte[] block = sound(cid);
                    give(sink, cid, block);
                    bytes[0] += block.length;
                }
                sent.accept(bytes[0]);
                return true;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return root;
    }

    private static void give(BlockSink sink, Cid cid, byte[] block) {
        try {
            sink.accept(cid, ByteBuffer.wrap(block));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] sound(Cid cid) {
        byte[] block = from.block(cid)
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.BLOB_NOT_FOUND, "Block " + cid + " below " + root + " is not stored here"));
        if (!Bytes.sha256(block).equals(cid.digest())) {
            throw new CorruptDataException(
                    ErrorCode.BLOB_CORRUPT,
                    "Block " + cid + " is damaged: its bytes have another SHA-256; store it again to repair it");
        }
        return block;
    }
}
