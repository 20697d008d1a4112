package io.dreamprotocol.core;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.trajectory.LatentLeaf;

/** Is told what a worker does. Called on the worker's threads; must return quickly. */
public interface WorkerListener {
    /** A listener that ignores everything. */
    WorkerListener NONE = new WorkerListener() {};

    /**
     * The worker took a job.
     *
     * @param job the job
     */
    default void onClaimed(Job job) {}

    /**
     * A step of a job is done.
     *
     * @param job the job as it was claimed
     * @param progress how far it is
     */
    default void onProgress(Job job, Progress progress) {}

    /**
     * The worker came to the next of the leaves to which a job's receipt will commit. Whoever wants to open steps later keeps them; they
     * take as much memory as the latents of all steps.
     *
     * @param job the job as it was claimed
     * @param leaf the latents and what the scheduler remembers
     */
    default void onLatents(Job job, LatentLeaf leaf) {}

    /**
     * The worker handed in a job's result.
     *
     * @param job the job
     */
    default void onDelivered(Job job) {}

    /**
     * The worker could not do a job and gave it back, or lost it.
     *
     * @param job the job as it was claimed
     * @param error why
     */
    default void onFailed(Job job, DreamException error) {}

    /**
     * The worker could not reach its ledger, and will try again.
     *
     * @param error why
     */
    default void onTrouble(DreamException error) {}
}
