package io.dreamprotocol.core;

import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Work;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How long a job may have to wait: an estimate, from what is before it in the queue and the pace of the latest jobs for its model.
 *
 * @param place its place among the open jobs for its model, from 1; 0 once a worker has it
 * @param time how long until its image is there; empty if no job for the model was ever done
 */
public record Waiting(int place, Optional<Duration> time) {
    /** How many of the latest jobs the pace is taken from, and how many open ones are counted. */
    private static final int LOOK = 100;

    /** Checks the range. */
    public Waiting {
        if (place < 0) {
            throw new IllegalArgumentException("A place in a queue is not negative: " + place);
        }
        Objects.requireNonNull(time, "time");
    }

    /** Estimates for a job that would be submitted now. */
    static Waiting of(Ledger ledger, ModelId model, Work work) {
        return estimate(ledger, model, work, Optional.empty());
    }

    /** Estimates for a job that is open or claimed. */
    static Waiting of(Ledger ledger, Job job) {
        return estimate(ledger, job.submission().model(), job.submission().work(), Optional.of(job.id()));
    }

    private static Waiting estimate(Ledger ledger, ModelId model, Work work, Optional<JobId> own) {
        double before = 0;
        int place = 1;
        for (Job job : jobs(ledger, Set.of(JobState.OPEN, JobState.CLAIMED), false)) {
            if (!job.submission().model().equals(model)) {
                continue;
            }
            boolean isOwn = own.equals(Optional.of(job.id()));
            double left = left(job);
            if (isOwn) {
                place = job.state() == JobState.OPEN ? place : 0;
                before = place == 0 ? left : before + left;
                return new Waiting(place, time(ledger, model, before, place == 0 ? 1 : workers(ledger, model)));
            }
            place += job.state() == JobState.OPEN ? 1 : 0;
            before += left;
        }
        double all = before + size(work, work.steps());
        return new Waiting(place, time(ledger, model, all, workers(ledger, model)));
    }

    private static double left(Job job) {
        Work work = job.submission().work();
        int done = job.assignment().map(Assignment::stepsDone).orElse(0);
        return size(work, work.steps() - done);
    }

    private static double size(Work work, int steps) {
        return (double) work.pixelsPerStep() * steps;
    }

    private static int workers(Ledger ledger, ModelId model) {
        long offers = ledger.exchange().offers().stream()
                .filter(offer -> offer.hasModel(model))
                .count();
        return (int) Math.max(1, offers);
    }

    private static Optional<Duration> time(Ledger ledger, ModelId model, double size, int workers) {
        double millis = 0;
        double done = 0;
        for (Job job : jobs(ledger, Set.of(JobState.SUBMITTED, JobState.SETTLED), true)) {
            if (job.submission().model().equals(model) && job.assignment().isPresent()) {
                millis += Duration.between(job.assignment().get().claimedAt(), job.since())
                        .toMillis();
                done += size(job.submission().work(), job.submission().work().steps());
            }
        }
        return done == 0 ? Optional.empty() : Optional.of(Duration.ofMillis((long) (millis / done * size / workers)));
    }

    private static List<Job> jobs(Ledger ledger, Set<JobState> states, boolean newestFirst) {
        return ledger.jobs(new JobQuery(states, Optional.empty(), newestFirst, LOOK, Optional.empty()));
    }
}
