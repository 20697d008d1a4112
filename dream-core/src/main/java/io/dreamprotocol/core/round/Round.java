package io.dreamprotocol.core.round;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A co-creation round as the ledger has it.
 *
 * @param id its number
 * @param organiser who started it, gets the money when it is concluded, and trains the model with it
 * @param terms what it is for
 * @param state where it stands
 * @param since when it came into that state, by the ledger's clock
 * @param raised the money pledged so far, which lies in the pledgers' escrow while the round is open
 * @param pledges how many pledges there are
 * @param result the new style model, once concluded
 */
public record Round(
        RoundId id,
        AccountId organiser,
        RoundTerms terms,
        State state,
        Instant since,
        Amount raised,
        int pledges,
        Optional<StyleId> result) {
    /** The most pledges of one round: 1,000. */
    public static final int MAX_PLEDGES = 1000;

    /** Where a round stands. */
    public enum State {
        /** Pledges are taken. */
        OPEN,
        /** It ended in a new style model. */
        CONCLUDED,
        /** All money went back. */
        REFUNDED
    }

    /** Checks that every part is there. */
    public Round {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(organiser, "organiser");
        Objects.requireNonNull(terms, "terms");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(raised, "raised");
        Objects.requireNonNull(result, "result");
    }
}
