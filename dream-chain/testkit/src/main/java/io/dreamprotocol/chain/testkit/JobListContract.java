package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.FUNDS;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Lists of jobs. */
interface JobListContract {
    LedgerFixture fixture();

    @Test
    default void jobsAreListedInTheirOrderAndItsReverse() {
        LedgerFixture f = fixture();
        f.fundRequester();
        List<Job> jobs = List.of(f.openJob(), f.claimedJob(), f.openJob(), f.submittedJob());

        assertThat(f.ledger().jobs(all(false, 1000))).containsExactlyElementsOf(jobs);
        assertThat(f.ledger().jobs(JobQuery.newest(1000))).containsExactlyElementsOf(jobs.reversed());
        assertThat(f.ledger().jobs(JobQuery.newest(2))).containsExactly(jobs.get(3), jobs.get(2));
    }

    @Test
    default void jobsAreListedByState() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job first = f.openJob();
        Job claimed = f.claimedJob();
        Job second = f.openJob();

        assertThat(f.ledger().jobs(JobQuery.oldest(JobState.OPEN, 10))).containsExactly(first, second);
        Set<JobState> states = Set.of(JobState.OPEN, JobState.CLAIMED, JobState.FAILED);
        assertThat(f.ledger().jobs(new JobQuery(states, Optional.empty(), true, 10, Optional.empty())))
                .containsExactly(second, claimed, first);
        assertThat(f.ledger().jobs(JobQuery.oldest(JobState.SETTLED, 10))).isEmpty();
    }

    @Test
    default void jobsAreListedByRequester() {
        LedgerFixture f = fixture();
        f.fundRequester();
        f.fund(f.other, FUNDS);
        f.openJob();
        Job theirs = f.ledger().submit(f.other, f.submission(), key());
        f.openJob();

        assertThat(f.ledger().jobs(JobQuery.newest(10).by(f.other.account()))).containsExactly(theirs);
        assertThat(f.ledger().jobs(JobQuery.oldest(JobState.OPEN, 10).by(f.other.account())))
                .containsExactly(theirs);
        assertThat(f.ledger().jobs(JobQuery.newest(10).by(f.worker.account()))).isEmpty();
    }

    @Test
    default void pagesFollowOneAnother() {
        LedgerFixture f = fixture();
        f.fundRequester();
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            jobs.add(f.openJob());
        }

        for (boolean newestFirst : new boolean[] {false, true}) {
            List<Job> listed = new ArrayList<>();
            JobQuery query = all(newestFirst, 3);
            List<Job> page = f.ledger().jobs(query);
            while (!page.isEmpty()) {
                listed.addAll(page);
                page = f.ledger().jobs(query.after(page.getLast().id()));
            }
            assertThat(listed).containsExactlyElementsOf(newestFirst ? jobs.reversed() : jobs);
        }
    }

    @Test
    default void aPageBehindAnUnknownJobIsRefused() {
        LedgerFixture f = fixture();

        f.assertRefused(
                ErrorCode.JOB_NOT_FOUND,
                () -> f.ledger().jobs(JobQuery.newest(1).after(new JobId("nowhere"))));
    }

    @Test
    default void listedJobsAreUpToDate() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();
        f.advance(LedgerFixture.LEASE);

        assertThat(f.ledger().jobs(JobQuery.oldest(JobState.OPEN, 10)))
                .extracting(Job::id)
                .containsExactly(claimed.id());
        assertThat(f.ledger().jobs(JobQuery.oldest(JobState.CLAIMED, 10))).isEmpty();
    }

    private static JobQuery all(boolean newestFirst, int limit) {
        return new JobQuery(Set.of(), Optional.empty(), newestFirst, limit, Optional.empty());
    }
}
