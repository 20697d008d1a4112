package io.dreamprotocol.core.rules;

import static io.dreamprotocol.core.rules.Samples.WORKER;
import static io.dreamprotocol.core.rules.Samples.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.WorkerProfile;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkerRulesTest {
    private static final WorkerProfile PROFILE = new WorkerProfile(Set.of(StyleKind.LORA), 1 << 30, Optional.empty());

    private final FakeLedger ledger = new FakeLedger(0, Amount.of(10)).fund(WORKER, 25);

    private WorkerRecord register(long stake) {
        return ledger.carryOut(WorkerRules.register(WORKER, PROFILE, Amount.of(stake), ledger));
    }

    @Test
    void aStakeLiesInTheWorkersEscrow() {
        WorkerRecord registered = register(10);

        assertThat(registered).isEqualTo(new WorkerRecord(WORKER, Optional.of(PROFILE), Amount.of(10), 0, 0, 0, 0));
        assertThat(ledger.available(WORKER)).isEqualTo(15);
        assertThat(ledger.escrowed(WORKER)).isEqualTo(10);
        assertThat(ledger.lastNotice()).isEqualTo(Notice.of(LedgerEvent.Kind.WORKER_REGISTERED, WORKER, Amount.of(10)));
    }

    @Test
    void registeringAgainAddsToTheStakeAndChangesTheProfile() {
        register(10);
        WorkerProfile other = new WorkerProfile(Set.of(), 5, Optional.of("example:1"));
        WorkerRecord again = ledger.carryOut(WorkerRules.register(WORKER, other, Amount.ZERO, ledger));
        assertThat(again.stake()).isEqualTo(Amount.of(10));
        assertThat(again.profile()).contains(other);

        assertThat(register(5).stake()).isEqualTo(Amount.of(15));
        assertThat(ledger.escrowed(WORKER)).isEqualTo(15);
    }

    @Test
    void tooSmallAStakeIsRefused() {
        assertRefused(ErrorCode.STAKE_TOO_LOW, () -> register(9));
        assertRefused(ErrorCode.STAKE_TOO_LOW, () -> register(0));
        assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> register(26));
        assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS,
                () -> ledger.carryOut(WorkerRules.register(WORKER, PROFILE, Amount.MAX, ledger)));
        assertThat(ledger.worker(WORKER)).isEqualTo(WorkerRecord.unknown(WORKER));
    }

    @Test
    void anAddedStakeThatWouldOverflowIsRefusedForWantOfMoney() {
        register(10);

        assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS,
                () -> ledger.carryOut(WorkerRules.register(WORKER, PROFILE, Amount.MAX, ledger)));
    }

    @Test
    void leavingGivesTheStakeBackAndKeepsTheStanding() {
        register(10);
        WorkerRecord worked = WorkerRules.completed(WorkerRules.claimed(ledger.worker(WORKER)));
        ledger.carryOut(new Change<>(worked, List.of(), List.of(worked), List.of()));
        WorkerRecord left = ledger.carryOut(WorkerRules.leave(WORKER, ledger));

        assertThat(left).isEqualTo(new WorkerRecord(WORKER, Optional.empty(), Amount.ZERO, 0, 1, 0, 0));
        assertThat(ledger.available(WORKER)).isEqualTo(25);
        assertThat(ledger.lastNotice()).isEqualTo(Notice.of(LedgerEvent.Kind.WORKER_LEFT, WORKER, Amount.of(10)));
        assertRefused(ErrorCode.STAKE_TOO_LOW, () -> WorkerRules.leave(WORKER, ledger));
    }

    @Test
    void whoHoldsAJobCannotLeave() {
        register(10);
        WorkerRecord busy = WorkerRules.claimed(ledger.worker(WORKER));
        ledger.carryOut(new Change<>(busy, List.of(), List.of(busy), List.of()));

        assertRefused(ErrorCode.JOB_STATE_CONFLICT, () -> WorkerRules.leave(WORKER, ledger));
    }

    @Test
    void aLedgerThatAsksForNoStakeAsksForNoRegistration() {
        FakeLedger free = new FakeLedger();

        assertThatNoException().isThrownBy(() -> WorkerRules.requireStake(WORKER, free));
        assertRefused(ErrorCode.STAKE_TOO_LOW, () -> WorkerRules.requireStake(WORKER, ledger));
        register(10);
        assertThatNoException().isThrownBy(() -> WorkerRules.requireStake(WORKER, ledger));
    }

    @Test
    void aProfileSaysNothingImpossible() {
        assertRefused(ErrorCode.INVALID_REQUEST, () -> new WorkerProfile(Set.of(), -1, Optional.empty()));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> new WorkerProfile(Set.of(), 0, Optional.of("x".repeat(201))));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> new WorkerProfile(Set.of(), 0, Optional.of("a\nb")));
    }
}
