package io.dreamprotocol.chain.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.money.Amount;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What workers announce. */
interface OfferContract {
    LedgerFixture fixture();

    @Test
    default void offersComeCheapestFirst() {
        LedgerFixture f = fixture();
        WorkerOffer dear = announce(f, f.requester, 300, Duration.ofMinutes(1));
        WorkerOffer cheap = announce(f, f.worker, 9, Duration.ofMinutes(1));
        WorkerOffer middling = announce(f, f.other, 30, Duration.ofMinutes(1));

        assertThat(f.exchange().offers()).containsExactly(cheap, middling, dear);
    }

    @Test
    default void aNewOfferReplacesTheOldOne() {
        LedgerFixture f = fixture();
        announce(f, f.worker, 10, Duration.ofMinutes(1));
        WorkerOffer second = announce(f, f.worker, 20, Duration.ofMinutes(2));

        assertThat(f.exchange().offers()).containsExactly(second);
    }

    @Test
    default void anOfferEndsWhenItIsTakenBack() {
        LedgerFixture f = fixture();
        announce(f, f.worker, 10, Duration.ofMinutes(1));
        WorkerOffer other = announce(f, f.other, 20, Duration.ofMinutes(1));
        f.exchange().retire(f.worker);
        f.exchange().retire(f.worker);

        assertThat(f.exchange().offers()).containsExactly(other);
    }

    @Test
    default void anOfferEndsAtItsTime() {
        LedgerFixture f = fixture();
        WorkerOffer offer = announce(f, f.worker, 10, Duration.ofMinutes(1));
        f.advance(Duration.ofMinutes(1).minusMillis(1));
        assertThat(f.exchange().offers()).containsExactly(offer);
        f.advance(Duration.ofMillis(1));

        assertThat(f.exchange().offers()).isEmpty();
    }

    @Test
    default void anOfferThatIsWrongIsRefused() {
        LedgerFixture f = fixture();

        f.assertRefused(
                ErrorCode.NOT_PERMITTED,
                () -> f.exchange().announce(f.other, offer(f, f.worker, 1, 1, Duration.ofMinutes(1))));
        f.assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> f.exchange()
                        .announce(f.worker, offer(f, f.worker, 1, WorkExchange.MAX_MODELS + 1, Duration.ofMinutes(1))));
        for (Duration time : List.of(Duration.ofMillis(-1), Duration.ZERO, WorkExchange.MAX_OFFER_TIME.plusMillis(1))) {
            f.assertRefused(
                    ErrorCode.INVALID_REQUEST, () -> f.exchange().announce(f.worker, offer(f, f.worker, 1, 1, time)));
        }
        assertThat(f.exchange().offers()).isEmpty();
    }

    @Test
    default void theLargestOfferStandsForAnHour() {
        LedgerFixture f = fixture();
        WorkerOffer offer = offer(f, f.worker, 1, WorkExchange.MAX_MODELS, WorkExchange.MAX_OFFER_TIME);
        f.exchange().announce(f.worker, offer);

        assertThat(f.exchange().offers()).containsExactly(offer);
    }

    @Test
    default void offersSurviveReopening() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.REOPENS);
        WorkerOffer offer = announce(f, f.worker, 10, Duration.ofMinutes(1));
        f.reopen();

        assertThat(f.exchange().offers()).containsExactly(offer);
    }

    private static WorkerOffer announce(LedgerFixture f, Signer worker, long ask, Duration time) {
        WorkerOffer offer = offer(f, worker, ask, 2, time);
        f.exchange().announce(worker, offer);
        return offer;
    }

    private static WorkerOffer offer(LedgerFixture f, Signer worker, long ask, int models, Duration time) {
        return new WorkerOffer(
                worker.account(),
                Amount.of(ask),
                Collections.nCopies(models, LedgerFixture.DESCRIPTOR),
                f.clock.instant().plus(time));
    }
}
