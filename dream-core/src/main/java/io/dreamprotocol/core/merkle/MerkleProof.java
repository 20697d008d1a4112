package io.dreamprotocol.core.merkle;

import io.dreamprotocol.core.encoding.Bytes;
import java.util.List;

/**
 * The path from an entry of a list to the root of its {@link MerkleTree} (RFC 6962, section 2.1.1).
 *
 * @param index the entry's place, from 0
 * @param size the number of entries of the list
 * @param siblings the hashes beside the path, from the leaf up
 */
public record MerkleProof(long index, long size, List<Bytes> siblings) {
    /** The most hashes of a path: 63. */
    public static final int MAX_SIBLINGS = 63;

    /** Checks the parts and copies the list. */
    public MerkleProof {
        siblings = List.copyOf(siblings);
        if (index < 0 || index >= size || siblings.size() > MAX_SIBLINGS) {
            throw new IllegalArgumentException("Not a place in a list: " + index + " of " + size);
        }
        for (Bytes sibling : siblings) {
            if (sibling.length() != 32) {
                throw new IllegalArgumentException("A hash has 32 bytes, not " + sibling.length());
            }
        }
    }

    /**
     * Tells whether an entry is at this place of the list that a root commits to.
     *
     * @param root the root
     * @param entry the entry's bytes
     * @return true if the path leads from the entry to the root
     */
    public boolean verify(Bytes root, byte[] entry) {
        Bytes hash = MerkleTree.leaf(entry);
        long at = index;
        long last = size - 1;
        int used = 0;
        while (last > 0) {
            // Where the run at the end has no partner, its hash goes up as it is.
            if ((at & 1) == 1 || at < last) {
                if (used == siblings.size()) {
                    return false;
                }
                Bytes sibling = siblings.get(used++);
                hash = (at & 1) == 1 ? MerkleTree.node(sibling, hash) : MerkleTree.node(hash, sibling);
            }
            at >>= 1;
            last >>= 1;
        }
        return used == siblings.size() && hash.equals(root);
    }
}
