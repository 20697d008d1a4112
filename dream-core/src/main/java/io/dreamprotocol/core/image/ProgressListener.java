package io.dreamprotocol.core.image;

import io.dreamprotocol.core.trajectory.LatentLeaf;

/** Is told how far a generation has come. */
@FunctionalInterface
public interface ProgressListener {
    /** A listener that ignores everything. */
    ProgressListener NONE = progress -> {};

    /**
     * Called when a step is done; the first call has step 0, when the work begins. Must return quickly.
     *
     * @param progress how far the work is
     */
    void onProgress(Progress progress);

    /**
     * Called with what each step begins with, and at last with what the image is decoded from: the leaves to which the receipt
     * commits, in their order. Must return quickly; does nothing unless overridden, and keeping the leaves is the listener's
     * choice, because they take as much memory as the latents of all steps.
     *
     * @param leaf the latents and what the scheduler remembers
     */
    default void onLatents(LatentLeaf leaf) {}
}
