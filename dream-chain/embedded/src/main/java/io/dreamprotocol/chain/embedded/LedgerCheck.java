package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Checks that a ledger's file is sound and that all its parts agree. Runs inside one read. */
final class LedgerCheck {
    private static final int PAGE = 1000;

    private final Database database;
    private final Tables tables;
    private final Cursors cursors;

    LedgerCheck(Database database, Tables tables, Cursors cursors) {
        this.database = database;
        this.tables = tables;
        this.cursors = cursors;
    }

    void run() throws SQLException {
        List<String> faults = database.query("PRAGMA integrity_check(1)", row -> row.getString(1));
        require(faults.equals(List.of("ok")), faults.getFirst());
        Map<String, BigInteger> escrows = checkJobs();
        BigInteger total = BigInteger.ZERO;
        for (Map.Entry<String, Balance> account : tables.balances().entrySet()) {
            Balance balance = account.getValue();
            BigInteger expected = escrows.getOrDefault(account.getKey(), BigInteger.ZERO);
            require(
                    balance.escrowed().units().equals(expected),
                    "the escrow of " + account.getKey() + " does not fit its jobs");
            total = total.add(balance.available().units())
                    .add(balance.escrowed().units());
        }
        require(total.equals(tables.supply().units()), "the balances do not add up to what was deposited");
        require(total.equals(checkEvents()), "the events do not add up to the balances");
    }

    /** Checks each job on its own; returns what should be in escrow, by account. */
    private Map<String, BigInteger> checkJobs() throws SQLException {
        Map<String, BigInteger> escrows = new HashMap<>();
        OptionalLong place = OptionalLong.empty();
        while (true) {
            JobQuery page = new JobQuery(Set.of(), Optional.empty(), false, PAGE, Optional.empty());
            List<Job> jobs = tables.jobs(page, place);
            for (Job job : jobs) {
                Amount fee = job.submission().maximumFee();
                if (job.settlement().isPresent()) {
                    Amount given = job.settlement()
                            .get()
                            .fee()
                            .plus(job.settlement().get().refund());
                    require(given.equals(fee), "job " + job.id() + " gave out more or less than its escrow");
                } else {
                    escrows.merge(job.requester().value(), fee.units(), BigInteger::add);
                }
                require(
                        job.state().isFinal() == job.settlement().isPresent(),
                        "job " + job.id() + " has ended without a settlement");
            }
            if (jobs.isEmpty()) {
                return escrows;
            }
            place = tables.place(jobs.getLast().id());
        }
    }

    /** Checks that events follow one another without gaps; returns what came into the ledger less what left it. */
    private BigInteger checkEvents() throws SQLException {
        BigInteger money = BigInteger.ZERO;
        Instant before = Instant.EPOCH;
        long place = 0;
        while (true) {
            List<LedgerEvent> events = tables.events(place, PAGE, cursors);
            for (LedgerEvent event : events) {
                place++;
                require(event.cursor().equals(cursors.at(place)), "event " + place + " is missing");
                require(!event.at().isBefore(before), "time steps back at event " + place);
                before = event.at();
                BigInteger amount = event.amount().units();
                money = switch (event.kind()) {
                    case DEPOSITED -> money.add(amount);
                    case WITHDRAWN -> money.subtract(amount);
                    default -> money;
                };
            }
            if (events.isEmpty()) {
                return money;
            }
        }
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw SqliteErrors.corrupt(database.file(), otherwise);
        }
    }
}
