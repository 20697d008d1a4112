package io.dreamprotocol.inference.hub;

/** Is told how far the fetching of a model has come. */
@FunctionalInterface
public interface PullListener {
    /** A listener that ignores everything. */
    PullListener NONE = progress -> {};

    /** How many bytes come between two reports. */
    int REPORT_BYTES = 1 << 18;

    /**
     * Called on the pulling thread: when a file begins, about every {@value #REPORT_BYTES} bytes of it, and when it is done.
     * While another process fetches a file, that process's progress is told. The numbers go back only when a file has to be
     * fetched anew. Must return quickly; an error of its own ends the pull.
     *
     * @param progress how far the work is
     */
    void onProgress(PullProgress progress);
}
