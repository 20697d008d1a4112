package io.dreamprotocol.core.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MerkleTreeTest {
    /** The leaves and roots of the certificate transparency project's reference tests. */
    private static final List<String> LEAVES =
            List.of("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f");

    private static final List<String> ROOTS = List.of(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    private static byte[] entry(int i) {
        return ByteBuffer.allocate(4).putInt(i).array();
    }

    private static MerkleTree tree(int size) {
        MerkleTree.Builder builder = MerkleTree.builder();
        for (int i = 0; i < size; i++) {
            builder.add(entry(i));
        }
        return builder.build();
    }

    @Test
    void rootsAreThosePublished() {
        for (int size = 0; size <= LEAVES.size(); size++) {
            MerkleTree.Builder builder = MerkleTree.builder();
            LEAVES.subList(0, size)
                    .forEach(leaf -> builder.add(Bytes.fromHex(leaf).toArray()));
            assertThat(builder.build().root().toHex()).isEqualTo(ROOTS.get(size));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8, 13, 64, 65, 100})
    void everyEntryIsProvedAtItsPlaceOnly(int size) {
        MerkleTree tree = tree(size);
        for (int i = 0; i < size; i++) {
            MerkleProof proof = tree.proof(i);
            for (int j = 0; j < size; j++) {
                assertThat(proof.verify(tree.root(), entry(j))).isEqualTo(i == j);
            }
            if (size > 1) {
                MerkleProof moved = new MerkleProof((i + 1) % size, size, proof.siblings());
                assertThat(moved.verify(tree.root(), entry(i))).isFalse();
            }
        }
    }

    @Test
    void aChangedLongerOrShorterProofProvesNothing() {
        MerkleTree tree = tree(13);
        MerkleProof proof = tree.proof(5);
        for (int at = 0; at < proof.siblings().size(); at++) {
            List<Bytes> changed = new ArrayList<>(proof.siblings());
            byte[] hash = changed.get(at).toArray();
            hash[31] ^= 1;
            changed.set(at, Bytes.of(hash));
            assertThat(new MerkleProof(5, 13, changed).verify(tree.root(), entry(5)))
                    .isFalse();
        }
        List<Bytes> longer = new ArrayList<>(proof.siblings());
        longer.add(tree.root());
        assertThat(new MerkleProof(5, 13, longer).verify(tree.root(), entry(5))).isFalse();
        List<Bytes> shorter = proof.siblings().subList(0, proof.siblings().size() - 1);
        assertThat(new MerkleProof(5, 13, shorter).verify(tree.root(), entry(5)))
                .isFalse();
    }

    @Test
    void anInnerNodeIsNoEntry() {
        MerkleTree tree = tree(4);
        // The first inner node's two hashes, passed off as an entry of a list of two.
        byte[] inner = new byte[64];
        System.arraycopy(MerkleTree.leaf(entry(0)).toArray(), 0, inner, 0, 32);
        System.arraycopy(MerkleTree.leaf(entry(1)).toArray(), 0, inner, 32, 32);
        MerkleProof forged =
                new MerkleProof(0, 2, List.of(tree.proof(0).siblings().getLast()));
        assertThat(forged.verify(tree.root(), inner)).isFalse();
    }

    @Test
    void placesOutsideTheListHaveNoProof() {
        assertThatThrownBy(() -> tree(3).proof(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new MerkleProof(3, 3, List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
