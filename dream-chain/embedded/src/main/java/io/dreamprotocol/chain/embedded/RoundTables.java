package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The tables of co-creation rounds. Called inside a transaction of the database. */
final class RoundTables {
    private final Database database;
    private final Tables tables;

    RoundTables(Database database, Tables tables) {
        this.database = database;
        this.tables = tables;
    }

    Optional<Round> round(RoundId id) throws SQLException {
        return database.first("SELECT body FROM rounds WHERE id = ?", this::round, id.number());
    }

    RoundId next() throws SQLException {
        return new RoundId(database.first("SELECT max(id) FROM rounds", row -> row.getLong(1))
                        .orElse(0L)
                + 1);
    }

    List<Round> newest(int limit) throws SQLException {
        return database.query("SELECT body FROM rounds ORDER BY id DESC LIMIT ?", this::round, limit);
    }

    /** Returns all rounds. */
    List<Round> rounds() throws SQLException {
        return database.query("SELECT body FROM rounds ORDER BY id", this::round);
    }

    private Round round(ResultSet row) throws SQLException {
        return tables.stored(() -> RoundForm.decode(row.getBytes(1)));
    }

    void put(Round round) throws SQLException {
        database.update(
                "INSERT OR REPLACE INTO rounds (id, body) VALUES (?, ?)",
                round.id().number(),
                RoundForm.encode(round));
    }

    /** Returns the pledges of a round, in the order in which they were first made. */
    List<Pledge> pledges(RoundId round) throws SQLException {
        return database.query(
                "SELECT body FROM pledges WHERE round = ? ORDER BY seq",
                row -> tables.stored(() -> RoundForm.decodePledge(row.getBytes(1))),
                round.number());
    }

    void put(Pledge pledge) throws SQLException {
        database.update(
                "INSERT INTO pledges (round, account, kind, body) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (round, account, kind) DO UPDATE SET body = excluded.body",
                pledge.round().number(),
                pledge.account().value(),
                pledge.kind().name(),
                RoundForm.encode(pledge));
    }
}
