package io.dreamprotocol.chain.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochClaim;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.rules.OperatorApproval;
import io.dreamprotocol.core.rules.PoolRules;
import io.dreamprotocol.core.rules.StylePayer;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
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
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Carries a history out on a ledger and on the rules in memory, and compares both: after every step what it touched, and all that there
 * is after every {@link #FULL_COMPARISON} steps and at the end.
 */
final class HistoryRun {
    /** How many accounts take part. */
    static final int ACCOUNTS = 6;

    private static final int FULL_COMPARISON = 100;
    private static final int MAX_ROUNDS = 1000;

    private final LedgerFixture fixture;
    private final LedgerModel model;
    private final ModelRecords records;
    private final List<Signer> accounts;
    private final StepResolver resolver;
    private final Map<Integer, Sent> sent = new HashMap<>();
    private EventCursor seen = EventCursor.START;
    private EventCursor seenOfModel = EventCursor.START;
    private Instant latest = Instant.EPOCH;

    /** A write as it was sent first, with its numbers resolved. */
    private record Sent(Signer account, StepResolver.Operation operation) {}

    HistoryRun(LedgerFixture fixture) {
        this.fixture = fixture;
        this.model = new LedgerModel(fixture.clock, fixture.ledger().info());
        this.records = model.records();
        this.accounts = Stream.concat(
                        Stream.of(fixture.requester, fixture.worker, fixture.other),
                        Stream.generate(fixture::newSigner).limit(ACCOUNTS - 3L))
                .toList();
        this.resolver = new StepResolver(fixture, records, accounts);
    }

    /** Where ledger and rules part. */
    record Parting(int step, AssertionError error) {}

    /** Carries out all steps, until ledger and rules part. */
    Optional<Parting> run(List<Step> steps) {
        for (int i = 0; i < steps.size(); i++) {
            try {
                carryOut(steps.get(i));
                compareTouched();
                if (i % FULL_COMPARISON == FULL_COMPARISON - 1 || i == steps.size() - 1) {
                    compareAll();
                }
            } catch (AssertionError | RuntimeException e) {
                return Optional.of(new Parting(
                        i, new AssertionError("Step " + i + ", " + steps.get(i) + ": " + e.getMessage(), e)));
            }
        }
        return Optional.empty();
    }

    private void carryOut(Step step) {
        switch (step) {
            case Step.Write write ->
                resolve(write.operation()).ifPresent(operation -> {
                    Sent resolved = new Sent(resolver.actor(write.account(), write.operation()), operation);
                    sent.put(write.number(), resolved);
                    send(write.number(), resolved);
                });
            case Step.Again again ->
                Optional.ofNullable(sent.get(again.number())).ifPresent(before -> send(again.number(), before));
            case Step.ReusedKey reused ->
                Optional.ofNullable(sent.get(reused.number()))
                        .ifPresent(before -> resolve(reused.operation())
                                .ifPresent(other -> send(reused.number(), new Sent(before.account(), other))));
            case Step.Heartbeat beat -> {
                JobId job = resolver.job(beat.job(), JobState.CLAIMED);
                Signer account =
                        beat.account() == Step.FITTING ? resolver.holder(job) : resolver.account(beat.account());
                both(ledger -> ledger.exchange().heartbeat(account, job, beat.stepsDone(), beat.lease()));
            }
            case Step.Announce announce -> {
                Signer worker = worker(announce.account());
                WorkerOffer offer = new WorkerOffer(
                        worker.account(),
                        announce.ask(),
                        List.of(LedgerFixture.DESCRIPTOR),
                        fixture.clock.instant().plus(announce.time()));
                both(ledger -> {
                    ledger.exchange().announce(worker, offer);
                    return ledger.exchange().offers();
                });
            }
            case Step.Retire retire ->
                both(ledger -> {
                    ledger.exchange().retire(worker(retire.account()));
                    return ledger.exchange().offers();
                });
            case Step.Search search -> {
                StyleQuery query = new StyleQuery(
                        search.words(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        search.order(),
                        search.limit(),
                        search.after().map(resolver::style));
                both(ledger -> ledger.styles().search(query));
            }
            case Step.Advance advance -> {
                fixture.advance(advance.by());
                both(Ledger::expire);
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

    private Signer worker(int account) {
        return account == Step.FITTING ? fixture.worker : resolver.account(account);
    }

    /** Makes an operation definite, if that can be: some cannot even be said, such as a voucher above the largest amount. */
    private Optional<StepResolver.Operation> resolve(Step.Operation operation) {
        try {
            return Optional.of(resolver.resolve(operation));
        } catch (DreamException e) {
            return Optional.empty();
        }
    }

    private void send(int number, Sent write) {
        IdempotencyKey key = new IdempotencyKey("step-" + number);
        both(ledger -> write.operation().on(ledger, write.account(), key));
    }

    /** Does the same on the ledger and on the model, and compares the outcomes. */
    private void both(Function<Ledger, Object> operation) {
        Object outcome = outcome(operation, fixture.ledger());
        model.nameNext(name(outcome));
        assertThat(outcome).as("outcome").isEqualTo(outcome(operation, model));
        resolver.note(outcome);
    }

    private static Optional<String> name(Object outcome) {
        return switch (outcome) {
            case Job job -> Optional.of(job.id().value());
            case Channel channel -> Optional.of(channel.id().value());
            case Epoch epoch -> Optional.of(epoch.id().value());
            default -> Optional.empty();
        };
    }

    private static Object outcome(Function<Ledger, Object> operation, Ledger ledger) {
        try {
            return operation.apply(ledger);
        } catch (DreamException e) {
            return e.code();
        }
    }

    private void compareTouched() {
        model.requireSound();
        for (AccountId account : model.takeTouchedAccounts()) {
            compareBalance(account);
        }
        for (Record touched : Set.copyOf(model.takeTouched())) {
            compare(touched);
        }
        compareEvents();
    }

    private void compareBalance(AccountId account) {
        assertThat(fixture.ledger().balance(account))
                .as("balance of %s", account)
                .isEqualTo(records.balance(account));
    }

    private void compare(Record touched) {
        Ledger ledger = fixture.ledger();
        switch (touched) {
            case Job job -> assertThat(ledger.find(job.id())).isEqualTo(records.job(job.id()));
            case WorkerRecord worker ->
                assertThat(ledger.exchange().worker(worker.account())).isEqualTo(records.worker(worker.account()));
            case StyleModel style ->
                assertThat(ledger.styles().find(style.id())).isEqualTo(records.style(style.id()));
            case OperatorApproval approval ->
                assertThat(ledger.styles().isOperator(approval.owner(), approval.operator()))
                        .as("%s", approval)
                        .isEqualTo(records.isOperator(approval.owner(), approval.operator()));
            case Licence licence ->
                assertThat(ledger.styles().licence(licence.style(), licence.holder()))
                        .isEqualTo(records.licence(licence.style(), licence.holder()));
            case PoolClaim claim -> compareClaim(claim);
            case Channel channel ->
                assertThat(ledger.channels().find(channel.id())).isEqualTo(records.channel(channel.id()));
            case Epoch epoch -> assertThat(ledger.channels().epoch(epoch.id())).isEqualTo(records.epoch(epoch.id()));
            case Round round -> assertThat(ledger.rounds().find(round.id())).isEqualTo(records.round(round.id()));
            case Pledge pledge ->
                assertThat(ledger.rounds().pledges(pledge.round())).isEqualTo(records.pledges(pledge.round()));
            case EpochClaim claim -> {
                // Nobody can look it up; that it cannot be made again shows that it was kept.
            }
            case StylePayer payer -> {
                // It shows in the number of payers.
            }
            default -> throw new IllegalArgumentException("Not a record of a ledger: " + touched);
        }
    }

    private void compareClaim(PoolClaim claim) {
        PoolClaim last = records.poolClaim(claim.style(), claim.contributor()).orElseThrow();
        assertThat(fixture.ledger().styles().claimed(claim.style(), claim.contributor()))
                .isEqualTo(last);
        StyleModel style = records.style(claim.style()).orElseThrow();
        long total = style.contributors().orElseThrow().totalWeight();
        long weight = resolver.contributors(claim.style()).stream()
                .filter(contribution -> contribution.account().equals(claim.contributor()))
                .mapToLong(Contribution::weight)
                .sum();
        assertThat(last.claimed())
                .as("what was claimed")
                .isLessThanOrEqualTo(PoolRules.entitlement(style.usage().pooled(), weight, total));
    }

    private void compareAll() {
        BigInteger total = BigInteger.ZERO;
        for (AccountId account : records.accounts()) {
            compareBalance(account);
            var balance = fixture.ledger().balance(account);
            total = total.add(balance.available().units())
                    .add(balance.escrowed().units());
        }
        assertThat(total).as("all money").isEqualTo(records.supply().units());
        same("jobs", HistoryRun::listJobs);
        for (StyleQuery.Order order : StyleQuery.Order.values()) {
            same("style models", ledger -> listStyles(ledger, order));
        }
        for (StyleModel style : records.styles()) {
            same("licences", ledger -> ledger.styles().licences(style.id()));
        }
        for (Signer account : accounts) {
            same("channels", ledger -> ledger.channels().channels(account.account()));
        }
        same("rounds", ledger -> ledger.rounds().newest(MAX_ROUNDS));
        same("workers", ledger -> ledger.exchange().workers());
        same("offers", ledger -> ledger.exchange().offers());
    }

    private void same(String what, Function<Ledger, List<?>> list) {
        assertThat(list.apply(fixture.ledger())).as(what).isEqualTo(list.apply(model));
    }

    private static List<Job> listJobs(Ledger ledger) {
        JobQuery query = new JobQuery(Set.of(), Optional.empty(), false, JobQuery.MAX_LIMIT, Optional.empty());
        return pages(
                JobQuery.MAX_LIMIT,
                (last, limit) ->
                        ledger.jobs(last.map(job -> query.after(job.id())).orElse(query)));
    }

    private static List<StyleModel> listStyles(Ledger ledger, StyleQuery.Order order) {
        return pages(
                StyleQuery.MAX_LIMIT,
                (last, limit) -> ledger.styles()
                        .search(new StyleQuery(
                                "",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                order,
                                limit,
                                last.map(StyleModel::id))));
    }

    private static <T> List<T> pages(int limit, BiFunction<Optional<T>, Integer, List<T>> next) {
        List<T> all = new ArrayList<>();
        List<T> page = next.apply(Optional.empty(), limit);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = page.size() < limit ? List.of() : next.apply(Optional.of(page.getLast()), limit);
        }
        return all;
    }

    /** Compares the new events job by job, because ledgers may let time act on several jobs in any order. */
    private void compareEvents() {
        List<LedgerEvent> events = LedgerFixture.eventsAfter(fixture.ledger(), seen);
        List<LedgerEvent> expected = LedgerFixture.eventsAfter(model, seenOfModel);
        assertThat(byJob(events)).as("events").isEqualTo(byJob(expected));
        for (LedgerEvent event : events) {
            assertThat(event.at()).as("time of events").isAfterOrEqualTo(latest);
            latest = event.at();
            seen = event.cursor();
        }
        if (!expected.isEmpty()) {
            seenOfModel = expected.getLast().cursor();
        }
    }

    private static List<EventContract.Told> byJob(List<LedgerEvent> events) {
        return events.stream()
                .map(EventContract.Told::of)
                .sorted(Comparator.comparing(
                        told -> told.job().map(JobId::value).orElse("")))
                .toList();
    }
}
