package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.rules.LedgerView;
import io.dreamprotocol.core.rules.OfferRules;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the rules see of a ledger's tables, inside one transaction. */
final class TablesView implements LedgerView {
    private final Database database;
    private final Tables tables;
    private final LedgerInfo info;
    private final Instant now;

    TablesView(Database database, Tables tables, LedgerInfo info, Instant now) {
        this.database = database;
        this.tables = tables;
        this.info = info;
        this.now = now;
    }

    @Override
    public LedgerInfo info() {
        return info;
    }

    @Override
    public Optional<StyleModel> style(StyleId id) {
        return database.direct(() -> tables.styles().style(id));
    }

    @Override
    public Optional<StyleModel> styleNamed(String name) {
        return database.direct(() -> tables.styles().named(name));
    }

    @Override
    public Optional<StyleModel> styleOfFile(Bytes sha256) {
        return database.direct(() -> tables.styles().ofFile(sha256));
    }

    @Override
    public StyleId nextStyle() {
        return database.direct(() -> tables.styles().next());
    }

    @Override
    public boolean isOperator(AccountId owner, AccountId operator) {
        return database.direct(() -> tables.styles().isOperator(owner, operator));
    }

    @Override
    public boolean hasPaid(StyleId style, AccountId payer) {
        return database.direct(() -> tables.styles().hasPaid(style, payer));
    }

    @Override
    public Optional<Licence> licence(StyleId style, AccountId holder) {
        return database.direct(() -> tables.styles().licence(style, holder));
    }

    @Override
    public Optional<PoolClaim> poolClaim(StyleId style, AccountId contributor) {
        return database.direct(() -> tables.styles().poolClaim(style, contributor));
    }

    @Override
    public Optional<Channel> channel(ChannelId id) {
        return database.direct(() -> tables.channels().channel(id));
    }

    @Override
    public Optional<Epoch> epoch(EpochId id) {
        return database.direct(() -> tables.channels().epoch(id));
    }

    @Override
    public boolean isClaimed(EpochId epoch, long index) {
        return database.direct(() -> tables.channels().isClaimed(epoch, index));
    }

    @Override
    public Optional<Round> round(RoundId id) {
        return database.direct(() -> tables.rounds().round(id));
    }

    @Override
    public RoundId nextRound() {
        return database.direct(() -> tables.rounds().next());
    }

    @Override
    public List<Pledge> pledges(RoundId round) {
        return database.direct(() -> tables.rounds().pledges(round));
    }

    @Override
    public WorkerRecord worker(AccountId account) {
        return database.direct(() -> tables.worker(account));
    }

    @Override
    public List<WorkerOffer> offers() {
        return database.direct(() ->
                tables.offers(now).stream().sorted(OfferRules.CHEAPEST_FIRST).toList());
    }
}
