package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.style.StyleId;
import java.util.Locale;

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

    /** A payment as people read it: how much, to whom, for what. */
    static String payment(Payment payment, Ledger ledger) {
        String what = payment.style()
                .map(id -> "as " + purpose(payment.purpose()) + " of " + style(id, ledger))
                .orElse("for the " + purpose(payment.purpose()));
        return Coins.text(payment.amount(), ledger) + " to " + payment.to() + " " + what;
    }

    /** The name of a style model. */
    static String style(StyleId id, Ledger ledger) {
        return ledger.styles().find(id).map(model -> model.manifest().name()).orElseGet(() -> "style model " + id);
    }

    /** The word by which programs read what a payment is for. */
    static String purposeId(Payment.Purpose purpose) {
        return purpose.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String purpose(Payment.Purpose purpose) {
        return switch (purpose) {
            case WORK -> "work";
            case OWNER -> "owner";
            case CO_OWNER -> "co-owner";
            case CONTRIBUTORS -> "contributors' pool";
            case PROTOCOL -> "protocol";
        };
    }
}
