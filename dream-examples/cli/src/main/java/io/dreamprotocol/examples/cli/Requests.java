package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.ledger.Job;

/** The requests behind jobs. */
final class Requests {
    private Requests() {}

    /** Reads what a job asks for from the store. */
    static CanonicalRequest of(Job job, Workspace workspace) {
        return CanonicalRequest.decode(workspace.blobs().read(job.submission().request(), CanonicalRequest.MAX_BYTES));
    }
}
