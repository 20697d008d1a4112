package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.money.Amount;
import java.sql.SQLException;
import java.time.Duration;

/**
 * What a ledger is made with, and keeps.
 *
 * @param settlementWindow how long after a result only the requester may settle
 * @param protocolParts the protocol's share, of ten thousand
 * @param minimumStake what a worker must have at stake
 */
record KeptSettings(Duration settlementWindow, int protocolParts, Amount minimumStake) {
    private static final String WINDOW = "window";
    private static final String PROTOCOL = "protocol";
    private static final String STAKE = "stake";

    void write(Database database) throws SQLException {
        write(database, WINDOW, Long.toString(settlementWindow.toMillis()));
        writeMarket(database, protocolParts, minimumStake);
    }

    /** Writes what ledgers have since version 2 of the file. */
    static void writeMarket(Database database, int protocolParts, Amount minimumStake) throws SQLException {
        write(database, PROTOCOL, Integer.toString(protocolParts));
        write(database, STAKE, minimumStake.toString());
    }

    private static void write(Database database, String name, String value) throws SQLException {
        database.update("INSERT INTO ledger (name, value) VALUES (?, ?)", name, value);
    }

    static KeptSettings read(Tables tables) throws SQLException {
        return tables.stored(() -> new KeptSettings(
                Duration.ofMillis(Long.parseLong(tables.setting(WINDOW))),
                Integer.parseInt(tables.setting(PROTOCOL)),
                Stored.amount(tables.setting(STAKE))));
    }
}
