package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Payment;

/** The words for what a ledger says of jobs. */
final class JobText {
    private JobText() {}

    static String state(JobState state) {
        return switch (state) {
            case OPEN -> "open";
            case CLAIMED -> "claimed";
            case SUBMITTED -> "submitted";
            case SETTLED -> "settled";
            case CANCELLED -> "cancelled";
            case EXPIRED -> "expired";
            case FAILED -> "failed";
        };
    }

    static String purpose(Payment.Purpose purpose) {
        return switch (purpose) {
            case WORK -> "work";
        };
    }
}
