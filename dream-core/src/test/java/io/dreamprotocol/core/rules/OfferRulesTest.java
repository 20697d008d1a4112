package io.dreamprotocol.core.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.money.Amount;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OfferRulesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final AccountId WORKER = new AccountId("ed25519:bb");
    private static final ModelDescriptor MODEL = new ModelDescriptor(
            new ModelId("dream-mini", Bytes.sha256(new byte[0])),
            "stable-diffusion-1",
            List.of(),
            new ModelDefaults(128, 128, 20, 5, "euler"),
            new ModelLimits(8, 64, 256, 1 << 16),
            List.of("euler"));

    private static WorkerOffer offer(int models, Instant expires) {
        return new WorkerOffer(WORKER, Amount.of(1), Collections.nCopies(models, MODEL), expires);
    }

    private static ErrorCode refusal(WorkerOffer offer, AccountId by) {
        return catchThrowableOfType(DreamException.class, () -> OfferRules.check(offer, by, NOW))
                .code();
    }

    @Test
    void anOfferStandsAtMostAnHour() {
        Instant last = NOW.plus(WorkExchange.MAX_OFFER_TIME);

        assertThatNoException().isThrownBy(() -> OfferRules.check(offer(1, last), WORKER, NOW));
        assertThat(refusal(offer(1, last.plusMillis(1)), WORKER)).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refusal(offer(1, NOW), WORKER)).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void anOfferHasAtMost256Models() {
        assertThatNoException().isThrownBy(() -> OfferRules.check(offer(256, NOW.plusSeconds(1)), WORKER, NOW));
        assertThat(refusal(offer(257, NOW.plusSeconds(1)), WORKER)).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void nobodyOffersForAnother() {
        assertThat(refusal(offer(1, NOW.plusSeconds(1)), new AccountId("ed25519:cc")))
                .isEqualTo(ErrorCode.NOT_PERMITTED);
    }

    @Test
    void theCheapestComesFirst() {
        AccountId first = new AccountId("ed25519:aa");
        WorkerOffer cheap = new WorkerOffer(WORKER, Amount.of(9), List.of(), NOW);
        WorkerOffer dear = new WorkerOffer(first, Amount.of(10), List.of(), NOW);
        WorkerOffer asCheap = new WorkerOffer(first, Amount.of(9), List.of(), NOW);

        assertThat(Stream.of(dear, cheap, asCheap).sorted(OfferRules.CHEAPEST_FIRST))
                .containsExactly(asCheap, cheap, dear);
    }
}
