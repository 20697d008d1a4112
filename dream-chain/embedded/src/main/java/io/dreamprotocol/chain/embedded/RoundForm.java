package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.round.RoundTerms;
import io.dreamprotocol.core.style.StyleId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The stored forms of co-creation rounds and pledges. */
final class RoundForm {
    private static final long VERSION = 1;

    private RoundForm() {}

    static byte[] encode(Round round) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", VERSION);
        map.put("id", round.id().number());
        map.put("organiser", round.organiser().value());
        map.put("terms", encode(round.terms()));
        map.put("state", round.state().name());
        map.put("since", round.since().toEpochMilli());
        map.put("raised", round.raised().toString());
        map.put("pledges", round.pledges());
        round.result().ifPresent(style -> map.put("result", style.number()));
        return DagCbor.encode(map);
    }

    static Map<String, Object> encode(RoundTerms terms) {
        return Map.of(
                "title", terms.title(),
                "base", terms.base().number(),
                "baseParts", terms.baseParts(),
                "goal", terms.goal().toString(),
                "deadline", terms.deadline().toEpochMilli(),
                "organiser", terms.organiser(),
                "money", terms.money(),
                "images", terms.images(),
                "compute", terms.compute());
    }

    static Round decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "round");
        fields.requireVersion(VERSION);
        return fields.build(() -> new Round(
                new RoundId(fields.number("id")),
                Stored.account(fields, "organiser"),
                terms(fields.map("terms")),
                Round.State.valueOf(fields.text("state")),
                Stored.instant(fields, "since"),
                Stored.amount(fields, "raised"),
                fields.integer("pledges"),
                fields.has("result") ? Optional.of(new StyleId(fields.number("result"))) : Optional.empty()));
    }

    private static RoundTerms terms(Fields fields) {
        return new RoundTerms(
                fields.text("title"),
                new StyleId(fields.number("base")),
                fields.integer("baseParts"),
                Stored.amount(fields, "goal"),
                Stored.instant(fields, "deadline"),
                fields.integer("organiser"),
                fields.integer("money"),
                fields.integer("images"),
                fields.integer("compute"));
    }

    static byte[] encode(Pledge pledge) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", VERSION);
        map.put("round", pledge.round().number());
        map.put("account", pledge.account().value());
        map.put("kind", pledge.kind().name());
        map.put("quantity", pledge.quantity().toString());
        pledge.evidence().ifPresent(root -> map.put("evidence", root));
        map.put("accepted", pledge.accepted());
        return DagCbor.encode(map);
    }

    static Pledge decodePledge(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "pledge");
        fields.requireVersion(VERSION);
        return fields.build(() -> new Pledge(
                new RoundId(fields.number("round")),
                Stored.account(fields, "account"),
                Pledge.Kind.valueOf(fields.text("kind")),
                Stored.whole(fields.text("quantity")),
                fields.has("evidence") ? Optional.of(fields.bytes("evidence")) : Optional.empty(),
                fields.flag("accepted")));
    }
}
