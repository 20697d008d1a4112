package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.money.Posting;
import java.util.List;
import java.util.Objects;

/**
 * What one operation does to a ledger, which carries out all of it or nothing.
 *
 * @param result what the operation returns
 * @param postings the money that moves; adds up to nothing, except for deposits and withdrawals
 * @param writes the records that are new or changed, each as it is afterwards: {@link io.dreamprotocol.core.ledger.Job}, {@link
 *     io.dreamprotocol.core.ledger.WorkerRecord}, {@link io.dreamprotocol.core.style.StyleModel}, {@link OperatorApproval}, {@link
 *     StylePayer}, {@link io.dreamprotocol.core.style.Licence}, {@link io.dreamprotocol.core.style.PoolClaim}, {@link
 *     io.dreamprotocol.core.channel.Channel}, {@link io.dreamprotocol.core.channel.Epoch}, {@link
 *     io.dreamprotocol.core.channel.EpochClaim}, {@link io.dreamprotocol.core.round.Round}, {@link
 *     io.dreamprotocol.core.round.Pledge}; none twice
 * @param notices the events that tell of it, in order
 * @param <T> the result's type
 */
public record Change<T>(T result, List<Posting> postings, List<Record> writes, List<Notice> notices) {
    /** Copies the lists. */
    public Change {
        Objects.requireNonNull(result, "result");
        postings = List.copyOf(postings);
        writes = List.copyOf(writes);
        notices = List.copyOf(notices);
    }
}
