package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.trajectory.LatentCommitment;
import io.dreamprotocol.core.trajectory.LatentLeaf;
import io.dreamprotocol.inference.diffusion.scheduler.DenoisingRun;

/** Commits to the latents of all passes of a request while they are made, keeping nothing of them but a hash for each call. */
final class Trajectory implements LatentRecorder {
    private final MerkleTree.Builder leaves = MerkleTree.builder();
    private final ProgressListener listener;
    private int pass = -1;

    /** Begins with no pass. */
    Trajectory(ProgressListener listener) {
        this.listener = listener;
    }

    @Override
    public void record(int call, Latents latents, DenoisingRun run) {
        if (call == 0) {
            pass++;
        }
        LatentLeaf leaf = leaf(pass, call, latents, run);
        leaves.add(leaf.encode());
        listener.onLatents(leaf);
    }

    /** The leaf of a call. */
    static LatentLeaf leaf(int pass, int call, Latents latents, DenoisingRun run) {
        return LatentLeaf.of(pass, call, shape(latents), latents.values(), run.history());
    }

    /** The dimensions of latents as a leaf has them. */
    static int[] shape(Latents latents) {
        return new int[] {latents.images(), latents.channels(), latents.height(), latents.width()};
    }

    /** The commitment to all calls so far. */
    LatentCommitment commitment() {
        return LatentCommitment.of(leaves.build());
    }
}
