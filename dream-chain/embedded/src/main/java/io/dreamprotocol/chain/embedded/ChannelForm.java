package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochClaim;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import java.util.Map;

/** The stored forms of payment channels, epochs and their claims. */
final class ChannelForm {
    private static final long VERSION = 1;

    private ChannelForm() {}

    static byte[] encode(Channel channel) {
        return DagCbor.encode(Map.of(
                "version", VERSION,
                "id", channel.id().value(),
                "payer", channel.payer().value(),
                "payee", channel.payee().value(),
                "deposit", channel.deposit().toString(),
                "paid", channel.paid().toString(),
                "state", channel.state().name(),
                "since", channel.since().toEpochMilli()));
    }

    static Channel decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "payment channel");
        fields.requireVersion(VERSION);
        return fields.build(() -> new Channel(
                new ChannelId(fields.text("id")),
                Stored.account(fields, "payer"),
                Stored.account(fields, "payee"),
                Stored.amount(fields, "deposit"),
                Stored.amount(fields, "paid"),
                Channel.State.valueOf(fields.text("state")),
                Stored.instant(fields, "since")));
    }

    static byte[] encode(Epoch epoch) {
        return DagCbor.encode(Map.of(
                "version", VERSION,
                "id", epoch.id().value(),
                "payer", epoch.payer().value(),
                "root", epoch.root(),
                "lines", epoch.lines(),
                "total", epoch.total().toString(),
                "claimed", epoch.claimed().toString(),
                "list", epoch.list(),
                "at", epoch.at().toEpochMilli()));
    }

    static Epoch decodeEpoch(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "epoch");
        fields.requireVersion(VERSION);
        return fields.build(() -> new Epoch(
                new EpochId(fields.text("id")),
                Stored.account(fields, "payer"),
                fields.bytes("root"),
                fields.number("lines"),
                Stored.amount(fields, "total"),
                Stored.amount(fields, "claimed"),
                fields.cid("list"),
                Stored.instant(fields, "at")));
    }

    static byte[] encode(EpochClaim claim) {
        return DagCbor.encode(Map.of(
                "version", VERSION,
                "epoch", claim.epoch().value(),
                "index", claim.index(),
                "paid", claim.paid().toString()));
    }

    static EpochClaim decodeClaim(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "epoch claim");
        fields.requireVersion(VERSION);
        return fields.build(() -> new EpochClaim(
                new EpochId(fields.text("epoch")), fields.number("index"), Stored.amount(fields, "paid")));
    }
}
