package io.dreamprotocol.core.trajectory;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.merkle.MerkleTree;

/**
 * What commits to the latents of every step of a generation without showing them: the root of the Merkle tree over the
 * {@linkplain LatentLeaf#encode canonical bytes} of all leaves, pass after pass and call after call. Each pass has a leaf for what
 * it begins with, and one after each call of the network; the last leaf of all holds what the image is decoded from.
 *
 * @param root the root of the {@link MerkleTree}, 32 bytes
 * @param leaves the number of leaves, at least 2
 */
public record LatentCommitment(Bytes root, long leaves) {
    /** Checks the parts. */
    public LatentCommitment {
        if (root.length() != 32) {
            throw new IllegalArgumentException("A root has 32 bytes, not " + root.length());
        }
        if (leaves < 2) {
            throw new IllegalArgumentException("Even a single step has 2 leaves, not " + leaves);
        }
    }

    /**
     * Returns the commitment that a tree of leaves makes.
     *
     * @param tree the tree over the canonical bytes of all leaves in order
     * @return the commitment
     */
    public static LatentCommitment of(MerkleTree tree) {
        return new LatentCommitment(tree.root(), tree.size());
    }

    /**
     * Tells whether this commits to a leaf at a place.
     *
     * @param leaf the leaf
     * @param proof where it is and the path from there to the root
     * @return true if the leaf is the one at that place
     */
    public boolean verify(LatentLeaf leaf, MerkleProof proof) {
        return proof.size() == leaves && proof.verify(root, leaf.encode());
    }
}
