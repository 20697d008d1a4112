package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochClaim;
import io.dreamprotocol.core.channel.EpochId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The tables of payment channels and epochs. Called inside a transaction of the database. */
final class ChannelTables {
    private final Database database;
    private final Tables tables;

    ChannelTables(Database database, Tables tables) {
        this.database = database;
        this.tables = tables;
    }

    Optional<Channel> channel(ChannelId id) throws SQLException {
        return database.first("SELECT body FROM channels WHERE id = ?", this::channel, id.value());
    }

    /** Returns the channels in which an account is payer or payee, in the order in which they were opened. */
    List<Channel> channels(AccountId account) throws SQLException {
        return database.query(
                "SELECT body FROM channels WHERE payer = ? OR payee = ? ORDER BY seq",
                this::channel,
                account.value(),
                account.value());
    }

    /** Does something with every channel. */
    void eachChannel(Database.Each<Channel> action) throws SQLException {
        database.each("SELECT body FROM channels", row -> action.run(channel(row)));
    }

    private Channel channel(ResultSet row) throws SQLException {
        return tables.stored(() -> ChannelForm.decode(row.getBytes(1)));
    }

    void put(Channel channel) throws SQLException {
        database.update(
                "INSERT INTO channels (id, payer, payee, body) VALUES (?, ?, ?, ?) ON CONFLICT (id)"
                        + " DO UPDATE SET body = excluded.body",
                channel.id().value(),
                channel.payer().value(),
                channel.payee().value(),
                ChannelForm.encode(channel));
    }

    Optional<Epoch> epoch(EpochId id) throws SQLException {
        return database.first("SELECT body FROM epochs WHERE id = ?", this::epoch, id.value());
    }

    /** Does something with every epoch. */
    void eachEpoch(Database.Each<Epoch> action) throws SQLException {
        database.each("SELECT body FROM epochs", row -> action.run(epoch(row)));
    }

    private Epoch epoch(ResultSet row) throws SQLException {
        return tables.stored(() -> ChannelForm.decodeEpoch(row.getBytes(1)));
    }

    void put(Epoch epoch) throws SQLException {
        database.update(
                "INSERT OR REPLACE INTO epochs (id, body) VALUES (?, ?)",
                epoch.id().value(),
                ChannelForm.encode(epoch));
    }

    boolean isClaimed(EpochId epoch, long line) throws SQLException {
        return database.first(
                        "SELECT 1 FROM epoch_claims WHERE epoch = ? AND line = ?", row -> true, epoch.value(), line)
                .isPresent();
    }

    void put(EpochClaim claim) throws SQLException {
        database.update(
                "INSERT INTO epoch_claims (epoch, line, paid) VALUES (?, ?, ?)",
                claim.epoch().value(),
                claim.index(),
                claim.paid().toString());
    }
}
