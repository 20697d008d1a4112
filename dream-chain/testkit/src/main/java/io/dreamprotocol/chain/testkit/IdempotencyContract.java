package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.ASK;
import static io.dreamprotocol.chain.testkit.LedgerFixture.DELIVERY;
import static io.dreamprotocol.chain.testkit.LedgerFixture.LEASE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.TROUBLE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.coins;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.money.Amount;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Sending a write twice does what sending it once does. */
interface IdempotencyContract {
    LedgerFixture fixture();

    @Test
    default void everyWriteHappensOnceUnderItsKey() {
        LedgerFixture f = fixture();
        JobSubmission submission = f.submission();

        f.twice(key -> f.ledger().deposit(f.requester, Amount.of(5000), key));
        f.twice(key -> f.ledger().withdraw(f.requester, Amount.of(500), key));
        Job job = f.twice(key -> f.ledger().submit(f.requester, submission, key));
        f.twice(key -> f.exchange().claim(f.other, job.id(), ASK, LEASE, key));
        f.twice(key -> f.exchange().abandon(f.other, job.id(), TROUBLE, key));
        f.twice(key -> f.exchange().claim(f.worker, job.id(), ASK, LEASE, key));
        f.twice(key -> f.ledger().deliver(f.worker, job.id(), DELIVERY, key));
        f.twice(key -> f.ledger().settle(f.requester, job.id(), key));
        Job second = f.openJob();
        f.twice(key -> f.ledger().cancel(f.requester, second.id(), key));

        assertThat(f.balance(f.requester)).isEqualTo(coins(3900, 0));
        assertThat(f.balance(f.worker)).isEqualTo(coins(600, 0));
        assertThat(f.ledger().jobs(JobQuery.newest(10))).hasSize(2);
    }

    @Test
    default void theFirstResultIsGivenAgainWhateverHappenedSince() {
        LedgerFixture f = fixture();
        f.fundRequester();
        JobSubmission submission = f.submission();
        IdempotencyKey key = key();
        Job open = f.ledger().submit(f.requester, submission, key);
        f.exchange().claim(f.worker, open.id(), ASK, LEASE, key());
        f.advance(LedgerFixture.JOB_TIME.multipliedBy(2));
        f.ledger().expire();

        assertThat(f.ledger().submit(f.requester, submission, key)).isEqualTo(open);
        assertThat(f.find(open).state()).isEqualTo(JobState.EXPIRED);
    }

    @Test
    default void anotherWriteUnderAUsedKeyIsRefused() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.openJob();
        IdempotencyKey used = key();
        f.ledger().deposit(f.requester, Amount.of(5), used);

        f.assertRefused(ErrorCode.IDEMPOTENCY_CONFLICT, () -> f.ledger().deposit(f.requester, Amount.of(6), used));
        f.assertRefused(ErrorCode.IDEMPOTENCY_CONFLICT, () -> f.ledger().withdraw(f.requester, Amount.of(5), used));
        f.assertRefused(ErrorCode.IDEMPOTENCY_CONFLICT, () -> f.ledger().submit(f.requester, f.submission(), used));
        f.assertRefused(ErrorCode.IDEMPOTENCY_CONFLICT, () -> f.ledger().cancel(f.requester, job.id(), used));
        f.assertRefused(ErrorCode.IDEMPOTENCY_CONFLICT, () -> f.ledger().settle(f.requester, job.id(), used));
        f.assertRefused(
                ErrorCode.IDEMPOTENCY_CONFLICT, () -> f.exchange().claim(f.requester, job.id(), ASK, LEASE, used));
    }

    @Test
    default void everyPartOfAWriteCounts() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.openJob();
        IdempotencyKey claim = key();
        f.exchange().claim(f.worker, job.id(), ASK, LEASE, claim);

        f.assertRefused(
                ErrorCode.IDEMPOTENCY_CONFLICT,
                () -> f.exchange().claim(f.worker, job.id(), Amount.of(31), LEASE, claim));
        f.assertRefused(
                ErrorCode.IDEMPOTENCY_CONFLICT,
                () -> f.exchange().claim(f.worker, job.id(), ASK, LEASE.plusMillis(1), claim));
        IdempotencyKey abandon = key();
        f.exchange().abandon(f.worker, job.id(), TROUBLE, abandon);
        f.assertRefused(
                ErrorCode.IDEMPOTENCY_CONFLICT,
                () -> f.exchange()
                        .abandon(f.worker, job.id(), new JobFailure(TROUBLE.code(), "Another reason", false), abandon));
    }

    @Test
    default void keysOfDifferentAccountsAreDifferent() {
        LedgerFixture f = fixture();
        IdempotencyKey key = key();
        f.ledger().deposit(f.requester, Amount.of(5), key);

        assertThat(f.ledger().deposit(f.other, Amount.of(6), key)).isEqualTo(coins(6, 0));
        assertThat(f.balance(f.requester)).isEqualTo(coins(5, 0));
    }

    @Test
    default void aRefusedWriteDoesNotUseUpItsKey() {
        LedgerFixture f = fixture();
        IdempotencyKey key = key();
        f.assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> f.ledger().withdraw(f.requester, Amount.of(5), key));
        f.fund(f.requester, Amount.of(8));

        assertThat(f.ledger().withdraw(f.requester, Amount.of(5), key)).isEqualTo(coins(3, 0));
    }

    @Test
    default void keysSurviveReopening() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.REOPENS);
        IdempotencyKey key = key();
        f.ledger().deposit(f.requester, Amount.of(5), key);
        f.reopen();

        assertThat(f.ledger().deposit(f.requester, Amount.of(5), key)).isEqualTo(coins(5, 0));
        assertThat(f.balance(f.requester)).isEqualTo(coins(5, 0));
    }

    @Test
    default void aHeartbeatSentTwiceDoesNoHarm() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();
        Supplier<Job> beat = () -> f.exchange().heartbeat(f.worker, claimed.id(), 4, LEASE);

        assertThat(beat.get()).isEqualTo(beat.get());
    }
}
