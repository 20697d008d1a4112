package io.dreamprotocol.chain.embedded;

import static io.dreamprotocol.chain.embedded.Stored.account;
import static io.dreamprotocol.chain.embedded.Stored.amount;
import static io.dreamprotocol.chain.embedded.Stored.instant;
import static io.dreamprotocol.chain.embedded.Stored.list;
import static io.dreamprotocol.chain.embedded.Stored.optional;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import io.dreamprotocol.core.style.StyleUsage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stored form of a style model without its manifest, which is large and never changes, and therefore stored by itself. */
final class StyleForm {
    private static final long VERSION = 1;

    private StyleForm() {}

    static byte[] encode(StyleModel model) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", VERSION);
        map.put("id", model.id().number());
        map.put("creator", model.creator().value());
        map.put("owner", model.owner().value());
        model.approved().ifPresent(approved -> map.put("approved", approved.value()));
        map.put("terms", encode(model.terms()));
        map.put("split", encode(model.split()));
        map.put("parents", model.parents().stream().map(StyleForm::encode).toList());
        map.put("contributors", list(model.contributors(), StyleForm::encode));
        map.put("depth", model.depth());
        map.put("registeredAt", model.registeredAt().toEpochMilli());
        map.put("usage", encode(model.usage()));
        return DagCbor.encode(map);
    }

    /** Returns the form of a registration, of which the digest under its idempotency key is made. */
    static Map<String, Object> encode(StyleRegistration registration) {
        return Map.of(
                "manifest", Bytes.sha256(registration.manifest().encode()),
                "terms", encode(registration.terms()),
                "split", encode(registration.split()),
                "parents",
                        registration.parents().stream().map(StyleForm::encode).toList(),
                "contributors", list(registration.contributors(), StyleForm::encode));
    }

    static Map<String, Object> encode(StyleTerms terms) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("price", terms.price().toString());
        map.put("licencePrice", terms.licencePrice().toString());
        terms.licenceTime().ifPresent(time -> map.put("licenceTime", time.toMillis()));
        terms.derivePrice().ifPresent(price -> map.put("derivePrice", price.toString()));
        return map;
    }

    private static Map<String, Object> encode(SplitTable split) {
        return Map.of(
                "owner",
                split.owner(),
                "coOwners",
                split.coOwners().stream()
                        .map(share -> Map.of("account", share.account().value(), "parts", share.parts()))
                        .toList(),
                "contributors",
                split.contributors());
    }

    private static Map<String, Object> encode(Parent parent) {
        return Map.of("style", parent.style().number(), "parts", parent.parts());
    }

    private static Map<String, Object> encode(ContributorsRoot contributors) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("root", contributors.root());
        map.put("count", contributors.count());
        map.put("totalWeight", contributors.totalWeight());
        contributors.list().ifPresent(cid -> map.put("list", cid));
        return map;
    }

    private static Map<String, Object> encode(StyleUsage usage) {
        return Map.of(
                "jobs", usage.jobs(),
                "payers", usage.payers(),
                "earned", usage.earned().toString(),
                "pooled", usage.pooled().toString());
    }

    /** Tells which model a form is of, to look up its manifest. */
    static StyleId id(byte[] encoded) {
        return new StyleId(Fields.decode(encoded, "style model").number("id"));
    }

    static StyleModel decode(byte[] encoded, StyleManifest manifest) {
        Fields fields = Fields.decode(encoded, "style model");
        fields.requireVersion(VERSION);
        return fields.build(() -> new StyleModel(
                new StyleId(fields.number("id")),
                account(fields, "creator"),
                account(fields, "owner"),
                fields.has("approved") ? Optional.of(new AccountId(fields.text("approved"))) : Optional.empty(),
                manifest,
                terms(fields.map("terms")),
                split(fields.map("split")),
                fields.maps("parents").stream().map(StyleForm::parent).toList(),
                optional(fields, "contributors", StyleForm::contributors),
                fields.integer("depth"),
                instant(fields, "registeredAt"),
                usage(fields.map("usage"))));
    }

    private static StyleTerms terms(Fields fields) {
        return new StyleTerms(
                amount(fields, "price"),
                amount(fields, "licencePrice"),
                fields.has("licenceTime")
                        ? Optional.of(Duration.ofMillis(fields.number("licenceTime")))
                        : Optional.empty(),
                fields.has("derivePrice") ? Optional.of(amount(fields, "derivePrice")) : Optional.empty());
    }

    private static SplitTable split(Fields fields) {
        List<Share> coOwners = fields.maps("coOwners").stream()
                .map(share -> new Share(account(share, "account"), share.integer("parts")))
                .toList();
        return new SplitTable(fields.integer("owner"), coOwners, fields.integer("contributors"));
    }

    private static Parent parent(Fields fields) {
        return new Parent(new StyleId(fields.number("style")), fields.integer("parts"));
    }

    private static ContributorsRoot contributors(Fields fields) {
        return new ContributorsRoot(
                fields.bytes("root"), fields.number("count"), fields.number("totalWeight"), fields.optionalCid("list"));
    }

    private static StyleUsage usage(Fields fields) {
        return new StyleUsage(
                fields.number("jobs"), fields.number("payers"), amount(fields, "earned"), amount(fields, "pooled"));
    }
}
