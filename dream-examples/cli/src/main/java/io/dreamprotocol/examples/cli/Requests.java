package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.ledger.Job;

/** The requests behind jobs. */
final class Requests {
    /** The largest request that is read: 1 MiB. */
    private static final int MAX_BYTES = 1 << 20;

    private Requests() {}

    /** Reads what a job asks for from the store. */
    static CanonicalRequest of(Job job, Workspace workspace) {
        return CanonicalRequest.decode(workspace.blobs().read(job.submission().request(), MAX_BYTES));
    }
}
