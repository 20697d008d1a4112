package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.Settlement;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.StyleModel;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks that a ledger's file is sound and that all its parts agree. Runs inside one read, once. */
final class LedgerCheck {
    private static final int PAGE = 1000;

    private final Database database;
    private final Tables tables;
    private final Cursors cursors;

    /** What should be in escrow, by account: the sum of what jobs, stakes, licences, channels, epochs and rounds hold. */
    private final Map<String, BigInteger> escrows = new HashMap<>();

    /** What should be in the contributors' pools, by account. */
    private final Map<String, BigInteger> pools = new HashMap<>();

    /** How many style models there are. */
    private long styles;

    /** How many jobs each worker holds. */
    private final Map<AccountId, Integer> held = new HashMap<>();

    LedgerCheck(Database database, Tables tables, Cursors cursors) {
        this.database = database;
        this.tables = tables;
        this.cursors = cursors;
    }

    void run() throws SQLException {
        List<String> faults = database.query("PRAGMA integrity_check(1)", row -> row.getString(1));
        require(faults.equals(List.of("ok")), faults.getFirst());
        tables.eachJob(this::checkJob);
        checkWorkers();
        checkStyles();
        tables.styles().eachLicence(licence -> {
            if (licence.state() == Licence.State.PENDING) {
                expectInEscrow(licence.holder(), licence.paid());
            }
        });
        tables.channels().eachChannel(channel -> {
            if (channel.state() != Channel.State.CLOSED) {
                expectInEscrow(channel.payer(), channel.left());
            }
        });
        tables.channels()
                .eachEpoch(epoch -> expectInEscrow(epoch.payer(), epoch.total().minus(epoch.claimed())));
        checkRounds();
        BigInteger total = checkBalances();
        require(total.equals(tables.supply().units()), "the balances do not add up to what was deposited");
        require(total.equals(checkEvents()), "the events do not add up to the balances");
    }

    private void expectInEscrow(AccountId account, Amount amount) {
        escrows.merge(account.value(), amount.units(), BigInteger::add);
    }

    private void checkJob(Job job) {
        Amount fee = job.submission().maximumFee();
        if (job.settlement().isPresent()) {
            Settlement settlement = job.settlement().get();
            require(
                    settlement.fee().plus(settlement.refund()).equals(fee),
                    "job " + job.id() + " gave out more or less than its escrow");
        } else {
            expectInEscrow(job.requester(), fee);
        }
        require(
                job.state().isFinal() == job.settlement().isPresent(),
                "job " + job.id() + " has ended without a settlement");
        if (job.state() == JobState.CLAIMED || job.state() == JobState.SUBMITTED) {
            AccountId worker = job.assignment()
                    .map(Assignment::worker)
                    .orElseThrow(() -> damaged("job " + job.id() + " is held by nobody"));
            held.merge(worker, 1, Integer::sum);
        }
    }

    private void checkWorkers() throws SQLException {
        tables.eachWorker(worker -> {
            expectInEscrow(worker.account(), worker.stake());
            checkHeld(worker);
        });
        require(held.isEmpty(), "a worker that holds jobs is missing");
    }

    private void checkHeld(WorkerRecord worker) {
        Integer jobs = held.remove(worker.account());
        require(
                worker.held() == (jobs == null ? 0 : jobs),
                "worker " + worker.account() + " should hold " + (jobs == null ? 0 : jobs) + " jobs");
    }

    private void checkStyles() throws SQLException {
        Map<Long, BigInteger> claimed = new HashMap<>();
        tables.styles()
                .eachClaim(claim ->
                        claimed.merge(claim.style().number(), claim.claimed().units(), BigInteger::add));
        Map<Long, Long> payers = tables.styles().payers();
        for (long number : tables.styles().numbers()) {
            String name = "style model " + number;
            require(number == ++styles, "style model " + styles + " is missing");
            StyleModel model = tables.styles()
                    .soundly(number)
                    .orElseThrow(() -> damaged(name + " is not what the index of the library says"));
            require(
                    model.usage().payers() == payers.getOrDefault(number, 0L),
                    name + " was paid by another number of accounts");
            BigInteger left = model.usage().pooled().units().subtract(claimed.getOrDefault(number, BigInteger.ZERO));
            // Only money paid in circles gets a pool's count to its largest amount, where it stays.
            if (!model.usage().pooled().equals(Amount.MAX)) {
                pools.put(model.pool().value(), left);
            }
        }
    }

    private void checkRounds() throws SQLException {
        for (Round round : tables.rounds().rounds()) {
            List<Pledge> pledges = tables.rounds().pledges(round.id());
            BigInteger raised = BigInteger.ZERO;
            for (Pledge pledge : pledges) {
                if (pledge.kind() == Pledge.Kind.MONEY) {
                    raised = raised.add(pledge.quantity());
                    if (round.state() == Round.State.OPEN) {
                        expectInEscrow(pledge.account(), new Amount(pledge.quantity()));
                    }
                }
            }
            require(
                    pledges.size() == round.pledges()
                            && raised.equals(round.raised().units()),
                    "round " + round.id() + " does not fit its pledges");
        }
    }

    /** Checks what each account has; returns the sum. */
    private BigInteger checkBalances() throws SQLException {
        BigInteger total = BigInteger.ZERO;
        for (Map.Entry<String, Balance> account : tables.balances().entrySet()) {
            Balance balance = account.getValue();
            requireSum(balance.escrowed(), escrows.remove(account.getKey()), "escrow of " + account.getKey());
            BigInteger pool = pools.remove(account.getKey());
            if (pool != null) {
                requireSum(balance.available(), pool, "money of " + account.getKey());
            }
            total = total.add(balance.available().units())
                    .add(balance.escrowed().units());
        }
        escrows.forEach((account, sum) -> requireSum(Amount.ZERO, sum, "escrow of " + account));
        pools.forEach((account, sum) -> requireSum(Amount.ZERO, sum, "money of " + account));
        return total;
    }

    private void requireSum(Amount there, @Nullable BigInteger expected, String what) {
        BigInteger sum = expected == null ? BigInteger.ZERO : expected;
        require(there.units().equals(sum), "the " + what + " should be " + sum + " and is " + there);
    }

    /** Checks that events follow one another without gaps; returns what came into the ledger less what left it. */
    private BigInteger checkEvents() throws SQLException {
        BigInteger money = BigInteger.ZERO;
        Instant before = Instant.EPOCH;
        long place = 0;
        long registered = 0;
        while (true) {
            List<LedgerEvent> events = tables.events(place, PAGE, cursors);
            for (LedgerEvent event : events) {
                place++;
                require(event.cursor().equals(cursors.at(place)), "event " + place + " is missing");
                require(!event.at().isBefore(before), "time steps back at event " + place);
                before = event.at();
                registered += event.kind() == LedgerEvent.Kind.STYLE_REGISTERED ? 1 : 0;
                BigInteger amount = event.amount().units();
                money = switch (event.kind()) {
                    case DEPOSITED -> money.add(amount);
                    case WITHDRAWN -> money.subtract(amount);
                    default -> money;
                };
            }
            if (events.isEmpty()) {
                require(registered == styles, "there should be " + registered + " style models");
                return money;
            }
        }
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw damaged(otherwise);
        }
    }

    private RuntimeException damaged(String what) {
        return SqliteErrors.corrupt(database.file(), what);
    }
}
