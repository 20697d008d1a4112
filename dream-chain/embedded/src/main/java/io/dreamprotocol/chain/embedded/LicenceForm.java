package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The stored forms of a licence and of a contributor's claims. */
final class LicenceForm {
    private static final long VERSION = 1;

    private LicenceForm() {}

    static byte[] encode(Licence licence) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", VERSION);
        map.put("style", licence.style().number());
        map.put("holder", licence.holder().value());
        map.put("publicKey", licence.publicKey());
        map.put("paid", licence.paid().toString());
        map.put("state", licence.state().name());
        licence.wrappedKey().ifPresent(key -> map.put("wrappedKey", key));
        map.put("since", licence.since().toEpochMilli());
        licence.time().ifPresent(time -> map.put("time", time));
        return DagCbor.encode(map);
    }

    static Licence decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "licence");
        fields.requireVersion(VERSION);
        return fields.build(() -> new Licence(
                new StyleId(fields.number("style")),
                Stored.account(fields, "holder"),
                fields.bytes("publicKey"),
                Stored.amount(fields, "paid"),
                Licence.State.valueOf(fields.text("state")),
                fields.has("wrappedKey") ? Optional.of(fields.bytes("wrappedKey")) : Optional.empty(),
                Stored.instant(fields, "since"),
                fields.has("time") ? Optional.of(fields.number("time")) : Optional.empty()));
    }

    static byte[] encode(PoolClaim claim) {
        return DagCbor.encode(Map.of(
                "version", VERSION,
                "style", claim.style().number(),
                "contributor", claim.contributor().value(),
                "claimed", claim.claimed().toString()));
    }

    static PoolClaim decodeClaim(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "pool claim");
        fields.requireVersion(VERSION);
        return fields.build(() -> new PoolClaim(
                new StyleId(fields.number("style")),
                Stored.account(fields, "contributor"),
                Stored.amount(fields, "claimed")));
    }
}
