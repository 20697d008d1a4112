package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Varint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * Writes a CAR of version 1: a list of roots, and blocks one after the other. For one thread.
 *
 * <p>Source: the CARv1 specification of IPLD.
 */
public final class CarWriter implements BlockSink {
    private final OutputStream out;

    /**
     * Begins a CAR.
     *
     * @param out where to; not closed
     * @param roots the CIDs that it is about, at most {@link CarReader#MAX_ROOTS}
     * @throws IOException if writing fails
     */
    public CarWriter(OutputStream out, List<Cid> roots) throws IOException {
        if (roots.size() > CarReader.MAX_ROOTS) {
            throw new IllegalArgumentException("A CAR has at most " + CarReader.MAX_ROOTS + " roots");
        }
        this.out = out;
        byte[] header = DagCbor.encode(Map.of("roots", roots, "version", 1));
        writeLength(header.length);
        out.write(header);
    }

    /**
     * Writes one block; nothing is written twice or checked here.
     *
     * @param cid the block's CID
     * @param block the block's bytes, from position to limit
     * @throws IOException if writing fails
     */
    @Override
    public void accept(Cid cid, ByteBuffer block) throws IOException {
        if (block.remaining() > UnixFsFile.MAX_BLOCK_BYTES) {
            throw new IllegalArgumentException("A block has at most " + UnixFsFile.MAX_BLOCK_BYTES + " bytes");
        }
        byte[] name = cid.toBytes().toArray();
        byte[] bytes = new byte[block.remaining()];
        block.duplicate().get(bytes);
        writeLength(name.length + bytes.length);
        out.write(name);
        out.write(bytes);
    }

    private void writeLength(int length) throws IOException {
        ByteArrayOutputStream varint = new ByteArrayOutputStream();
        Varint.write(length, varint);
        varint.writeTo(out);
    }
}
