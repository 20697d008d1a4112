package io.dreamprotocol.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DagPbNodeTest {
    private static final Cid LEAF = Cid.of(Cid.Codec.RAW, new byte[] {1});
    private static final String HASH = "0a24" + LEAF.toBytes().toHex();

    @Test
    void linksComeBeforeData() {
        DagPbNode node =
                new DagPbNode(List.of(new DagPbNode.Link(LEAF, "a", 300)), Optional.of(Bytes.of(new byte[] {5, 6})));
        String encoded = "122c" + HASH + "120161" + "18ac02" + "0a020506";
        assertThat(Bytes.of(node.encode()).toHex()).isEqualTo(encoded);
        assertThat(DagPbNode.decode(node.encode(), 10)).isEqualTo(node);
    }

    @Test
    void anEmptyBlockIsAnEmptyNode() {
        assertThat(DagPbNode.decode(new byte[0], 10)).isEqualTo(new DagPbNode(List.of(), Optional.empty()));
    }

    @Test
    void linksBeyondTheLimitAreRefused() {
        byte[] block = Bytes.fromHex(("1226" + HASH).repeat(3)).toArray();
        assertThat(DagPbNode.decode(block, 3).links()).hasSize(3);
        assertMalformed(block, 2);
    }

    @ParameterizedTest
    @CsvSource({
        "data before links, 0a0105 1226 HASH",
        "data twice, 0a0105 0a0105",
        "an unknown field, 1a0105",
        "field number zero, 020105",
        "a field number beyond one byte, 8201 0105",
        "data that is no byte string, 0805",
        "data with the wire type of a group, 0b05",
        "data that ends early, 0a0505",
        "a length in more bytes than needed, 0a810005",
        "a length beyond 32 bits, 0affffffffffffffff7f05",
        "a key that ends early, 8a",
        "a link without a CID, 1200",
        "a link's name before its CID, 1229 120161 HASH",
        "a CID twice, 124c HASH HASH",
        "a link's unknown field, 1228 HASH 2001",
        "a link's size as bytes, 1228 HASH 1a00",
        "a name that is no UTF-8, 1229 HASH 1201ff",
        "a CID cut off, 1206 0a0401551220",
        "a CID of another hash, 1207 0a0501111301aa",
    })
    void whatIsNotCanonicalIsRefused(String what, String hex) {
        assertMalformed(
                Bytes.fromHex(hex.replace("HASH", HASH).replace(" ", "")).toArray(), 10);
    }

    private static void assertMalformed(byte[] block, int maxLinks) {
        assertThatThrownBy(() -> DagPbNode.decode(block, maxLinks)).isInstanceOf(CorruptDataException.class);
    }
}
