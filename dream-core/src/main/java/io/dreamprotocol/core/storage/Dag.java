package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A block and all that it links to, directly or not: what is pinned, kept and moved together. */
public final class Dag {
    private static final int MAX_LINKS = 1 << 16;

    private Dag() {}

    /**
     * Walks from a block over all below it, each block before those it links to and, if the visitor remembers them, each once.
     * Blocks of bytes alone are visited, and not fetched.
     *
     * @param root where to begin
     * @param source gives the blocks; each is checked
     * @param visitor is told every block's CID, and says whether to go on below it
     * @throws DreamException {@link ErrorCode#BLOB_NOT_FOUND} at a missing block, {@link ErrorCode#BLOB_CORRUPT} at one that does not
     *     match its CID or cannot be read
     */
    public static void walk(Cid root, BlockSource source, Predicate<Cid> visitor) {
        Deque<Cid> waiting = new ArrayDeque<>();
        waiting.push(root);
        while (!waiting.isEmpty()) {
            Cid cid = waiting.pop();
            if (visitor.test(cid) && cid.codec() != Cid.Codec.RAW) {
                List<Cid> links = links(cid, fetch(root, cid, source));
                links.reversed().forEach(waiting::push);
            }
        }
    }

    /**
     * Writes a CAR of a block and all below it, each block once.
     *
     * @param root the CAR's root
     * @param source gives the blocks; each is checked
     * @param out where to; not closed
     * @throws IOException if writing fails
     * @throws DreamException as {@link #walk} does
     */
    public static void writeCar(Cid root, BlockSource source, OutputStream out) throws IOException {
        CarWriter car = new CarWriter(out, List.of(root));
        Set<Cid> written = new HashSet<>();
        Deque<Cid> waiting = new ArrayDeque<>();
        waiting.push(root);
        while (!waiting.isEmpty()) {
            Cid cid = waiting.pop();
            if (written.add(cid)) {
                byte[] block = fetch(root, cid, source);
                car.accept(cid, ByteBuffer.wrap(block));
                links(cid, block).reversed().forEach(waiting::push);
            }
        }
    }

    /**
     * Returns what a block links to.
     *
     * @param cid the block's CID
     * @param block its bytes, which have been checked
     * @return the links in order, the same one maybe several times
     * @throws CorruptDataException with {@link ErrorCode#BLOB_CORRUPT} if the block is not what its codec says
     */
    public static List<Cid> links(Cid cid, byte[] block) {
        try {
            return switch (cid.codec()) {
                case RAW -> List.of();
                case DAG_PB ->
                    DagPbNode.decode(block, MAX_LINKS).links().stream()
                            .map(DagPbNode.Link::cid)
                            .toList();
                case DAG_CBOR -> {
                    List<Cid> links = new ArrayList<>();
                    collect(DagCbor.decode(block), links);
                    yield links;
                }
            };
        } catch (CorruptDataException e) {
            throw new CorruptDataException(
                    ErrorCode.BLOB_CORRUPT, "Block " + cid + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void collect(@Nullable Object value, List<Cid> links) {
        switch (value) {
            case Cid link -> links.add(link);
            case List<?> list -> list.forEach(element -> collect(element, links));
            case Map<?, ?> map -> map.values().forEach(element -> collect(element, links));
            case null, default -> {}
        }
    }

    private static byte[] fetch(Cid root, Cid cid, BlockSource source) {
        byte[] block = source.block(cid)
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.BLOB_NOT_FOUND,
                        cid.equals(root)
                                ? "No block " + cid + " is stored here"
                                : "Block " + cid + " below " + root + " is not stored here"));
        if (block.length > UnixFsFile.MAX_BLOCK_BYTES || !Bytes.sha256(block).equals(cid.digest())) {
            throw new CorruptDataException(
                    ErrorCode.BLOB_CORRUPT,
                    "Block " + cid + " is damaged: its bytes have another SHA-256; store it again to repair it");
        }
        return block;
    }
}
