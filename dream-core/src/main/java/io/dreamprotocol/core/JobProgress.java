package io.dreamprotocol.core;

import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.ledger.Job;
import java.util.Objects;
import java.util.Optional;

/**
 * How far a job is.
 *
 * @param job the job as it is now
 * @param waiting its place in the queue, and how long it may take
 * @param step how many steps are done, as its worker reported
 * @param steps how many there are
 * @param preview the latest preview, if its worker shows any; no private image has one
 */
public record JobProgress(Job job, Waiting waiting, int step, int steps, Optional<PngFile> preview) {
    /** Checks that every part is there. */
    public JobProgress {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(waiting, "waiting");
        Objects.requireNonNull(preview, "preview");
    }
}
