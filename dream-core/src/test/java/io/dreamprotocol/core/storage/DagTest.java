package io.dreamprotocol.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DagTest {
    private final Map<Cid, byte[]> blocks = new HashMap<>();

    @Test
    void everyBlockComesBeforeThoseItLinksTo() {
        Cid left = keep(Cid.Codec.RAW, new byte[] {1});
        Cid right = keep(Cid.Codec.RAW, new byte[] {2});
        Cid inner = node(left, right, left);
        Cid root = node(inner, right);
        assertThat(visited(root)).containsExactly(root, inner, left, right);
    }

    @Test
    void linksWithinCborAreFollowed() {
        Cid leaf = keep(Cid.Codec.RAW, new byte[] {1});
        Cid other = keep(Cid.Codec.RAW, new byte[] {2});
        Cid root = keep(Cid.Codec.DAG_CBOR, DagCbor.encode(Map.of("a", List.of(1, leaf), "b", Map.of("c", other))));
        assertThat(visited(root)).containsExactly(root, leaf, other);
    }

    @Test
    void howDeepADagIsTakesNoStack() {
        Cid deep = keep(Cid.Codec.RAW, new byte[] {1});
        for (int i = 0; i < 100_000; i++) {
            deep = node(deep);
        }
        assertThat(visited(deep)).hasSize(100_001);
    }

    @Test
    void aCarHasEveryBlockOnce() throws IOException {
        Cid leaf = keep(Cid.Codec.RAW, new byte[] {1});
        Cid root = node(leaf, leaf, node(leaf));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Dag.writeCar(root, this::block, out);
        CarReader reader = new CarReader(new ByteArrayInputStream(out.toByteArray()));
        List<Cid> read = new ArrayList<>();
        while (reader.next()) {
            read.add(reader.cid());
        }
        assertThat(reader.roots()).containsExactly(root);
        assertThat(read).containsExactly(root, leaf, node(leaf));
    }

    @Test
    void missingAndDamagedBlocksAreNamed() {
        Cid leaf = keep(Cid.Codec.RAW, new byte[] {1});
        Cid inner = node(leaf);
        Cid root = node(inner);
        blocks.get(inner)[5] ^= 1;
        assertFails(ErrorCode.BLOB_CORRUPT, () -> visited(root));
        blocks.remove(inner);
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> visited(root));
        Cid noNode = keep(Cid.Codec.DAG_PB, new byte[] {9, 9, 9});
        assertFails(ErrorCode.BLOB_CORRUPT, () -> visited(noNode));
        Cid noCbor = keep(Cid.Codec.DAG_CBOR, new byte[] {(byte) 0xFF});
        assertFails(ErrorCode.BLOB_CORRUPT, () -> visited(noCbor));
    }

    private List<Cid> visited(Cid root) {
        List<Cid> order = new ArrayList<>();
        Set<Cid> seen = new HashSet<>();
        Dag.walk(root, this::block, cid -> {
            if (seen.add(cid)) {
                order.add(cid);
                return true;
            }
            return false;
        });
        return order;
    }

    private Cid node(Cid... links) {
        List<DagPbNode.Link> list = new ArrayList<>();
        for (Cid link : links) {
            list.add(new DagPbNode.Link(link, "", 1));
        }
        return keep(Cid.Codec.DAG_PB, new DagPbNode(list, Optional.of(Bytes.of(new byte[0]))).encode());
    }

    private Cid keep(Cid.Codec codec, byte[] block) {
        Cid cid = Cid.of(codec, block);
        blocks.put(cid, block);
        return cid;
    }

    private Optional<byte[]> block(Cid cid) {
        return Optional.ofNullable(blocks.get(cid));
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
