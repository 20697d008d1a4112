package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;

/** The job that a user names. */
final class JobArgument {
    private JobArgument() {}

    static Job find(String id, Workspace workspace) {
        return workspace
                .ledger()
                .find(new JobId(id))
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.JOB_NOT_FOUND,
                        "There is no job " + id + " on this ledger; 'dream jobs' lists the jobs that there are"));
    }
}
