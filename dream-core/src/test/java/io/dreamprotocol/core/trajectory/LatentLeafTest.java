package io.dreamprotocol.core.trajectory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.merkle.MerkleTree;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatentLeafTest {
    private static final int[] SHAPE = {1, 2, 1, 2};
    private static final LatentLeaf LEAF = LatentLeaf.of(
            1, 258, SHAPE, new float[] {1, -2.5f, 0, Float.MIN_VALUE}, List.of(new float[] {-0f, 3, 4, 5}));

    /** Written by hand from the table in the type's documentation. */
    private static final String ENCODED = "647265616d2d6c6174656e74732d7631" // dream-latents-v1
            + "01000000" // pass
            + "02010000" // call
            + "01000000020000000100000002000000" // shape
            + "01000000" // arrays in the history
            + "0000803f000020c00000000001000000" // latents
            + "0000008000004040000080400000a040"; // history

    @Test
    void theEncodingIsThatOfTheTable() {
        assertThat(HexFormat.of().formatHex(LEAF.encode())).isEqualTo(ENCODED);
        assertThat(LatentLeaf.decode(HexFormat.of().parseHex(ENCODED)))
                .isEqualTo(LEAF)
                .hasSameHashCodeAs(LEAF);
    }

    @Test
    void everyNotANumberIsTheSame() {
        float odd = Float.intBitsToFloat(0x7fc00001);
        LatentLeaf one = LatentLeaf.of(0, 0, new int[] {1, 1, 1, 1}, new float[] {odd}, List.of());
        LatentLeaf other = LatentLeaf.of(0, 0, new int[] {1, 1, 1, 1}, new float[] {Float.NaN}, List.of());
        assertThat(one).isEqualTo(other);
        assertThat(one.encode()).isEqualTo(other.encode());
        byte[] bytes = one.encode();
        bytes[bytes.length - 4] = 1;
        assertMalformed(bytes);
    }

    @Test
    void arraysAreCopied() {
        LEAF.latents()[0] = 9;
        LEAF.history().getFirst()[1] = 9;
        LEAF.shape()[0] = 9;
        assertThat(HexFormat.of().formatHex(LEAF.encode())).isEqualTo(ENCODED);
    }

    @Test
    void whatIsNoLeafIsRefused() {
        byte[] good = LEAF.encode();
        assertMalformed(new byte[0]);
        assertMalformed(Arrays.copyOf(good, good.length - 1));
        assertMalformed(Arrays.copyOf(good, good.length + 1));
        for (int at : new int[] {0, 15}) {
            assertMalformed(changed(good, at, 'x'));
        }
        for (int at = 24; at < 44; at++) {
            assertMalformed(changed(good, at, 0x7f));
        }
        assertMalformed(changed(good, 19, 0xff));
        assertMalformed(changed(good, 23, 0xff));
    }

    @Test
    void whatCannotBeLatentsIsAMistake() {
        float[] four = new float[4];
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LatentLeaf.of(0, 0, new int[] {1, 4, 1, 2}, four, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> LatentLeaf.of(0, 0, new int[] {4}, four, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> LatentLeaf.of(-1, 0, SHAPE, four, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> LatentLeaf.of(0, 0, SHAPE, four, List.of(new float[3])));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> LatentLeaf.of(0, 0, SHAPE, four, Collections.nCopies(LatentLeaf.MAX_HISTORY + 1, four)));
    }

    @Test
    void aCommitmentOpensAtTheRightPlaceAlone() {
        MerkleTree.Builder builder = MerkleTree.builder();
        List<LatentLeaf> leaves = List.of(leaf(0), leaf(1), leaf(2));
        leaves.forEach(leaf -> builder.add(leaf.encode()));
        MerkleTree tree = builder.build();
        LatentCommitment commitment = LatentCommitment.of(tree);

        assertThat(commitment.leaves()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(commitment.verify(leaves.get(i), tree.proof(i))).isTrue();
            assertThat(commitment.verify(leaf(7), tree.proof(i))).isFalse();
            assertThat(commitment.verify(leaves.get(i), tree.proof((i + 1) % 3)))
                    .isFalse();
        }
        assertThat(new LatentCommitment(commitment.root(), 4).verify(leaves.get(0), tree.proof(0)))
                .isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new LatentCommitment(commitment.root(), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new LatentCommitment(Bytes.of(new byte[31]), 3));
    }

    private static LatentLeaf leaf(int call) {
        return LatentLeaf.of(0, call, SHAPE, new float[] {call, 1, 2, 3}, List.of());
    }

    private static byte[] changed(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static void assertMalformed(byte[] bytes) {
        assertThatThrownBy(() -> LatentLeaf.decode(bytes))
                .isInstanceOfSatisfying(
                        CorruptDataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_DATA));
    }
}
