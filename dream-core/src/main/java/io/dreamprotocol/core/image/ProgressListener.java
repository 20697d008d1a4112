package io.dreamprotocol.core.image;

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
}
