package io.dreamprotocol.core.merkle;

import io.dreamprotocol.core.encoding.Bytes;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A Merkle tree over a list of entries, as RFC 6962 (section 2.1) defines it, with SHA-256.
 *
 * <p>A leaf is hashed behind a zero byte and an inner node behind a one byte, so that no inner node passes for a leaf. A list of
 * n entries is split at the largest power of two below n, so that every list has one tree and no entry is counted twice. Keeps 64
 * bytes an entry. Immutable and thread-safe.
 */
public final class MerkleTree {
    private static final int HASH = 32;
    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    /** The levels from the leaves up: level k holds the hash of each run of 2^k leaves, and of the shorter run at the end. */
    private final List<byte[]> levels;

    private MerkleTree(List<byte[]> levels) {
        this.levels = levels;
    }

    /** Collects the entries of a tree, in order. Not thread-safe. */
    public static final class Builder {
        private final MessageDigest digest = Bytes.newSha256();
        private byte[] leaves = new byte[64 * HASH];
        private int size;

        private Builder() {}

        /**
         * Adds an entry.
         *
         * @param entry its bytes
         * @return this builder
         */
        public Builder add(byte[] entry) {
            int at = Math.multiplyExact(size, HASH);
            if (at == leaves.length) {
                leaves = Arrays.copyOf(leaves, Math.multiplyExact(leaves.length, 2));
            }
            digest.update(LEAF);
            digest.update(entry);
            finish(digest, leaves, at);
            size++;
            return this;
        }

        /**
         * Builds the tree.
         *
         * @return the tree
         */
        public MerkleTree build() {
            List<byte[]> levels = new ArrayList<>();
            byte[] level = Arrays.copyOf(leaves, size * HASH);
            levels.add(level);
            while (level.length > HASH) {
                byte[] above = new byte[Math.ceilDiv(level.length, 2 * HASH) * HASH];
                for (int at = 0; at < above.length; at += HASH) {
                    if (2 * at + HASH == level.length) {
                        // A run without a partner is its parent: that is how the RFC's split falls out, level by level.
                        System.arraycopy(level, 2 * at, above, at, HASH);
                        continue;
                    }
                    digest.update(NODE);
                    digest.update(level, 2 * at, 2 * HASH);
                    finish(digest, above, at);
                }
                levels.add(above);
                level = above;
            }
            return new MerkleTree(List.copyOf(levels));
        }
    }

    /**
     * Starts a tree.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the number of entries.
     *
     * @return the number
     */
    public int size() {
        return levels.getFirst().length / HASH;
    }

    /**
     * Returns the root, which commits to all entries and their order.
     *
     * @return 32 bytes; the hash of nothing for an empty list
     */
    public Bytes root() {
        return size() == 0 ? Bytes.sha256(new byte[0]) : hash(levels.size() - 1, 0);
    }

    /**
     * Proves that an entry is in the list at its place.
     *
     * @param index the entry's place, from 0
     * @return the proof, with one hash for each level that has a partner: at most ceil(log2 n)
     */
    public MerkleProof proof(int index) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException(index);
        }
        List<Bytes> siblings = new ArrayList<>();
        int at = index;
        for (int level = 0; level < levels.size() - 1; level++) {
            int sibling = at ^ 1;
            if (sibling * HASH < levels.get(level).length) {
                siblings.add(hash(level, sibling));
            }
            at >>= 1;
        }
        return new MerkleProof(index, size(), siblings);
    }

    private Bytes hash(int level, int at) {
        return Bytes.of(Arrays.copyOfRange(levels.get(level), at * HASH, (at + 1) * HASH));
    }

    static Bytes leaf(byte[] entry) {
        MessageDigest digest = Bytes.newSha256();
        digest.update(LEAF);
        return Bytes.of(digest.digest(entry));
    }

    static Bytes node(Bytes left, Bytes right) {
        MessageDigest digest = Bytes.newSha256();
        digest.update(NODE);
        digest.update(left.toArray());
        return Bytes.of(digest.digest(right.toArray()));
    }

    private static void finish(MessageDigest digest, byte[] target, int at) {
        try {
            digest.digest(target, at, HASH);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 has 32 bytes", e);
        }
    }
}
