package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which jobs to list.
 *
 * @param states only jobs in one of these states; all of them if empty
 * @param requester only jobs of this requester, if given
 * @param newestFirst newest first, else oldest first
 * @param limit the most jobs to list, 1 to {@link #MAX_LIMIT}
 * @param after only jobs behind this one in the order, if given: the last of the page before
 */
public record JobQuery(
        Set<JobState> states, Optional<AccountId> requester, boolean newestFirst, int limit, Optional<JobId> after) {
    /** The most jobs of one page. */
    public static final int MAX_LIMIT = 1000;

    /** Checks the parts. */
    public JobQuery {
        states = Set.copyOf(states);
        Objects.requireNonNull(requester, "requester");
        Objects.requireNonNull(after, "after");
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("A page has 1 to " + MAX_LIMIT + " jobs, not " + limit);
        }
    }

    /**
     * Asks for the newest jobs in any state.
     *
     * @param limit the most jobs to list
     * @return the query
     */
    public static JobQuery newest(int limit) {
        return new JobQuery(Set.of(), Optional.empty(), true, limit, Optional.empty());
    }

    /**
     * Asks for the jobs in a state, oldest first.
     *
     * @param state the state
     * @param limit the most jobs to list
     * @return the query
     */
    public static JobQuery oldest(JobState state, int limit) {
        return new JobQuery(Set.of(state), Optional.empty(), false, limit, Optional.empty());
    }

    /**
     * Narrows the query to one requester.
     *
     * @param account the requester
     * @return the narrower query
     */
    public JobQuery by(AccountId account) {
        return new JobQuery(states, Optional.of(account), newestFirst, limit, after);
    }

    /**
     * Asks for the next page.
     *
     * @param last the last job of the page before
     * @return the query
     */
    public JobQuery after(JobId last) {
        return new JobQuery(states, requester, newestFirst, limit, Optional.of(last));
    }
}
