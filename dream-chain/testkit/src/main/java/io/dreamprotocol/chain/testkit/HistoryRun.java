package io.dreamprotocol.chain.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.money.Work;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Carries a history out on a ledger and on the rules in memory, and compares both after every step. */
final class HistoryRun {
    private static final long PIXELS_PER_STEP = 1_000_000;

    private final LedgerFixture fixture;
    private final LedgerModel model;
    private final List<Signer> accounts;
    /** The newest job first. */
    private final List<JobId> jobs = new ArrayList<>();

    private final Map<Integer, Sent> sent = new HashMap<>();
    private EventCursor seen = EventCursor.START;
    private int modelEventsSeen;
    private Instant latest = Instant.EPOCH;

    /** A write as it was sent first, with its numbers resolved. */
    private record Sent(Signer account, Resolved operation) {}

    /** A write whose jobs and times are definite. */
    private interface Resolved {
        Object on(Ledger ledger, Signer account, IdempotencyKey key);

        Object on(LedgerModel model, Signer account, IdempotencyKey key, Object ledgerOutcome);
    }

    HistoryRun(LedgerFixture fixture) {
        this.fixture = fixture;
        this.model = new LedgerModel(fixture.clock, fixture.ledger().info().settlementWindow());
        this.accounts = List.of(fixture.requester, fixture.worker, fixture.other, fixture.newSigner());
    }

    /** Carries out all steps; an {@link AssertionError} says at which one ledger and rules part. */
    void run(List<Step> steps) {
        for (int i = 0; i < steps.size(); i++) {
            try {
                carryOut(steps.get(i));
                compare();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("Step " + i + ", " + steps.get(i) + ": " + e.getMessage(), e);
            }
        }
    }

    private void carryOut(Step step) {
        switch (step) {
            case Step.Write write -> {
                Sent resolved = new Sent(actor(write.account(), write.operation()), resolve(write.operation()));
                sent.put(write.number(), resolved);
                send(write.number(), resolved.account(), resolved.operation());
            }
            case Step.Again again ->
                Optional.ofNullable(sent.get(again.number()))
                        .ifPresent(before -> send(again.number(), before.account(), before.operation()));
            case Step.ReusedKey reused ->
                Optional.ofNullable(sent.get(reused.number()))
                        .ifPresent(before -> send(reused.number(), before.account(), resolve(reused.operation())));
            case Step.Heartbeat beat -> {
                Signer account = beat.account() == Step.FITTING ? holder(beat.job()) : account(beat.account());
                JobId job = job(beat.job());
                Object outcome = outcome(() -> exchange().heartbeat(account, job, beat.stepsDone(), beat.lease()));
                assertThat(outcome)
                        .isEqualTo(
                                outcome(() -> model.heartbeat(account.account(), job, beat.stepsDone(), beat.lease())));
            }
            case Step.Advance advance -> {
                fixture.advance(advance.by());
                assertThat(fixture.ledger().expire())
                        .as("jobs that time changed")
                        .isEqualTo(model.expire());
            }
            case Step.Reopen reopen -> {
                // A ledger need not remember a time at which nothing happened.
                fixture.advance(positive(Duration.between(fixture.clock.instant(), model.now())));
                fixture.reopen();
            }
        }
    }

    private static Duration positive(Duration time) {
        return time.isNegative() ? Duration.ZERO : time;
    }

    private void send(int number, Signer account, Resolved operation) {
        IdempotencyKey key = new IdempotencyKey("step-" + number);
        Object outcome = outcome(() -> operation.on(fixture.ledger(), account, key));
        assertThat(outcome).isEqualTo(outcome(() -> operation.on(model, account, key, outcome)));
        if (outcome instanceof Job job && !jobs.contains(job.id())) {
            jobs.addFirst(job.id());
        }
    }

    private WorkExchange exchange() {
        return fixture.ledger().exchange();
    }

    private Signer account(int number) {
        return accounts.get(number % accounts.size());
    }

    private Signer actor(int account, Step.Operation operation) {
        if (account != Step.FITTING) {
            return account(account);
        }
        return switch (operation) {
            case Step.Deposit deposit -> fixture.requester;
            case Step.Withdraw withdraw -> fixture.worker;
            case Step.Submit submit -> fixture.requester;
            case Step.Claim claim -> fixture.worker;
            case Step.Deliver deliver -> holder(deliver.job());
            case Step.Abandon abandon -> holder(abandon.job());
            case Step.Settle settle -> fixture.requester;
            case Step.Cancel cancel -> fixture.requester;
        };
    }

    /** Returns who holds a job by the rules. */
    private Signer holder(int job) {
        AccountId holder = model.job(job(job))
                .flatMap(Job::assignment)
                .map(Assignment::worker)
                .orElse(fixture.worker.account());
        return accounts.stream()
                .filter(account -> account.account().equals(holder))
                .findFirst()
                .orElseThrow();
    }

    private JobId job(int number) {
        return jobs.isEmpty() ? new JobId("none-yet") : jobs.get(number % jobs.size());
    }

    private Resolved resolve(Step.Operation operation) {
        return switch (operation) {
            case Step.Deposit deposit ->
                resolved(
                        (ledger, by, key) -> ledger.deposit(by, deposit.amount(), key),
                        (by, key) -> model.deposit(by.account(), deposit.amount(), key));
            case Step.Withdraw withdraw ->
                resolved(
                        (ledger, by, key) -> ledger.withdraw(by, withdraw.amount(), key),
                        (by, key) -> model.withdraw(by.account(), withdraw.amount(), key));
            case Step.Submit submit -> submission(submit);
            case Step.Claim claim -> {
                JobId job = job(claim.job());
                yield resolved(
                        (ledger, by, key) -> ledger.exchange().claim(by, job, claim.ask(), claim.lease(), key),
                        (by, key) -> model.claim(by.account(), job, claim.ask(), claim.lease(), key));
            }
            case Step.Deliver deliver -> {
                JobId job = job(deliver.job());
                yield resolved(
                        (ledger, by, key) -> ledger.deliver(by, job, LedgerFixture.DELIVERY, key),
                        (by, key) -> model.deliver(by.account(), job, LedgerFixture.DELIVERY, key));
            }
            case Step.Settle settle -> {
                JobId job = job(settle.job());
                yield resolved(
                        (ledger, by, key) -> ledger.settle(by, job, key),
                        (by, key) -> model.settle(by.account(), job, key));
            }
            case Step.Cancel cancel -> {
                JobId job = job(cancel.job());
                yield resolved(
                        (ledger, by, key) -> ledger.cancel(by, job, key),
                        (by, key) -> model.cancel(by.account(), job, key));
            }
            case Step.Abandon abandon -> {
                JobId job = job(abandon.job());
                JobFailure failure = new JobFailure(ErrorCode.ENGINE_FAILED, "No luck", abandon.permanent());
                yield resolved(
                        (ledger, by, key) -> ledger.exchange().abandon(by, job, failure, key),
                        (by, key) -> model.abandon(by.account(), job, failure, key));
            }
        };
    }

    private interface OnLedger {
        Object apply(Ledger ledger, Signer by, IdempotencyKey key);
    }

    private interface OnModel {
        Object apply(Signer by, IdempotencyKey key);
    }

    private static Resolved resolved(OnLedger onLedger, OnModel onModel) {
        return new Resolved() {
            @Override
            public Object on(Ledger ledger, Signer account, IdempotencyKey key) {
                return onLedger.apply(ledger, account, key);
            }

            @Override
            public Object on(LedgerModel model, Signer account, IdempotencyKey key, Object ledgerOutcome) {
                return onModel.apply(account, key);
            }
        };
    }

    /** A submission, for which the model takes over the name that the ledger gave the job. */
    private Resolved submission(Step.Submit submit) {
        JobSubmission submission = new JobSubmission(
                LedgerFixture.cid("request"),
                LedgerFixture.MODEL,
                new Work(PIXELS_PER_STEP, submit.steps()),
                submit.maximumFee(),
                fixture.clock.instant().plus(submit.time()));
        return new Resolved() {
            @Override
            public Object on(Ledger ledger, Signer account, IdempotencyKey key) {
                return ledger.submit(account, submission, key);
            }

            @Override
            public Object on(LedgerModel model, Signer account, IdempotencyKey key, Object ledgerOutcome) {
                JobId id = ledgerOutcome instanceof Job job ? job.id() : new JobId("refused");
                return model.submit(account.account(), submission, key, id);
            }
        };
    }

    private static Object outcome(Supplier<Object> operation) {
        try {
            return operation.get();
        } catch (DreamException e) {
            return e.code();
        }
    }

    private void compare() {
        model.requireSound();
        BigInteger total = BigInteger.ZERO;
        for (Signer account : accounts) {
            var balance = fixture.balance(account);
            assertThat(balance).as("balance").isEqualTo(model.balance(account.account()));
            total = total.add(balance.available().units())
                    .add(balance.escrowed().units());
        }
        assertThat(total).as("all money").isEqualTo(model.supply().units());
        assertThat(listJobs()).as("jobs").isEqualTo(model.jobs());
        compareEvents();
    }

    private List<Job> listJobs() {
        List<Job> all = new ArrayList<>();
        JobQuery query = new JobQuery(Set.of(), Optional.empty(), false, JobQuery.MAX_LIMIT, Optional.empty());
        List<Job> page = fixture.ledger().jobs(query);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = page.size() < JobQuery.MAX_LIMIT
                    ? List.of()
                    : fixture.ledger().jobs(query.after(page.getLast().id()));
        }
        return all;
    }

    /** Compares the new events job by job, because ledgers may let time act on several jobs in any order. */
    private void compareEvents() {
        List<LedgerEvent> events = fixture.eventsAfter(seen);
        List<LedgerEvent> expected =
                model.events().subList(modelEventsSeen, model.events().size());
        assertThat(byJob(events)).as("events").isEqualTo(byJob(expected));
        for (LedgerEvent event : events) {
            assertThat(event.at()).as("time of events").isAfterOrEqualTo(latest);
            latest = event.at();
            seen = event.cursor();
        }
        modelEventsSeen += expected.size();
    }

    private static List<EventContract.Told> byJob(List<LedgerEvent> events) {
        return events.stream()
                .map(EventContract.Told::of)
                .sorted(Comparator.comparing(
                        told -> told.job().map(JobId::value).orElse("")))
                .toList();
    }
}
