package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.ledger.WorkerProfile;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import java.util.List;
import java.util.Optional;

/** The rules of workers' registration, stake and standing. */
public final class WorkerRules {
    private WorkerRules() {}

    /**
     * Registers a worker, or changes its profile and adds to its stake.
     *
     * @param account the worker
     * @param profile what it says of itself
     * @param stake what it adds to its stake
     * @param view the ledger
     * @return the change, whose posting fails if the worker has too little
     * @throws DreamException as {@link WorkExchange#register} says
     */
    public static Change<WorkerRecord> register(
            AccountId account, WorkerProfile profile, Amount stake, LedgerView view) {
        WorkerRecord before = view.worker(account);
        Amount sum = new Amount(before.stake().units().add(stake.units()).min(Amount.MAX.units()));
        if (sum.compareTo(view.info().minimumStake()) < 0) {
            throw new ConflictException(
                    ErrorCode.STAKE_TOO_LOW,
                    "A worker of this ledger has at least " + view.info().minimumStake()
                            + " smallest units at stake, and this one would have " + sum + "; put in more");
        }
        WorkerRecord registered = new WorkerRecord(
                account,
                Optional.of(profile),
                sum,
                before.held(),
                before.completed(),
                before.faulted(),
                before.slashed());
        return new Change<>(
                registered,
                new Payments().putIntoEscrow(account, stake.units()).postings(),
                List.of(registered),
                List.of(Notice.of(LedgerEvent.Kind.WORKER_REGISTERED, account, sum)));
    }

    /**
     * Ends a worker's registration.
     *
     * @param account the worker
     * @param view the ledger
     * @return the change
     * @throws DreamException as {@link WorkExchange#leave} says
     */
    public static Change<WorkerRecord> leave(AccountId account, LedgerView view) {
        WorkerRecord before = view.worker(account);
        if (before.profile().isEmpty()) {
            throw new ConflictException(ErrorCode.STAKE_TOO_LOW, "This worker is not registered");
        }
        if (before.held() > 0) {
            throw new ConflictException(
                    ErrorCode.JOB_STATE_CONFLICT,
                    "This worker has " + before.held() + " jobs that are not settled; finish them first");
        }
        WorkerRecord left = new WorkerRecord(
                account, Optional.empty(), Amount.ZERO, 0, before.completed(), before.faulted(), before.slashed());
        return new Change<>(
                left,
                new Payments().putBack(account, before.stake().units()).postings(),
                List.of(left),
                List.of(Notice.of(LedgerEvent.Kind.WORKER_LEFT, account, before.stake())));
    }

    /** Checks that a worker has the stake that a ledger asks for. */
    static void requireStake(AccountId worker, LedgerView view) {
        Amount minimum = view.info().minimumStake();
        if (!minimum.isZero() && view.worker(worker).stake().compareTo(minimum) < 0) {
            throw new ConflictException(
                    ErrorCode.STAKE_TOO_LOW,
                    "Workers of this ledger register with at least " + minimum + " smallest units at stake");
        }
    }

    static WorkerRecord claimed(WorkerRecord before) {
        return with(before, 1, 0, 0);
    }

    static WorkerRecord completed(WorkerRecord before) {
        return with(before, -1, 1, 0);
    }

    static WorkerRecord faulted(WorkerRecord before) {
        return with(before, -1, 0, 1);
    }

    static WorkerRecord released(WorkerRecord before) {
        return with(before, -1, 0, 0);
    }

    private static WorkerRecord with(WorkerRecord before, int held, int completed, int faulted) {
        return new WorkerRecord(
                before.account(),
                before.profile(),
                before.stake(),
                before.held() + held,
                before.completed() + completed,
                before.faulted() + faulted,
                before.slashed());
    }
}
