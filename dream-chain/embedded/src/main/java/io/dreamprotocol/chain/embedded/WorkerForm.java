package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.ledger.WorkerProfile;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.style.StyleKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The stored form of a worker's standing. */
final class WorkerForm {
    private static final long VERSION = 1;

    private WorkerForm() {}

    static byte[] encode(WorkerRecord worker) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", VERSION);
        map.put("account", worker.account().value());
        map.put("profile", Stored.list(worker.profile(), WorkerForm::encode));
        map.put("stake", worker.stake().toString());
        map.put("held", worker.held());
        map.put("completed", worker.completed());
        map.put("faulted", worker.faulted());
        map.put("slashed", worker.slashed());
        return DagCbor.encode(map);
    }

    static Map<String, Object> encode(WorkerProfile profile) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kinds", encode(profile.kinds()));
        map.put("memory", profile.memory());
        profile.endpoint().ifPresent(endpoint -> map.put("endpoint", endpoint));
        return map;
    }

    static List<String> encode(Set<StyleKind> kinds) {
        return kinds.stream().sorted().map(StyleKind::id).toList();
    }

    static WorkerRecord decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "worker");
        fields.requireVersion(VERSION);
        return fields.build(() -> new WorkerRecord(
                Stored.account(fields, "account"),
                Stored.optional(fields, "profile", WorkerForm::profile),
                Stored.amount(fields, "stake"),
                fields.integer("held"),
                fields.number("completed"),
                fields.number("faulted"),
                fields.number("slashed")));
    }

    private static WorkerProfile profile(Fields fields) {
        return new WorkerProfile(
                kinds(fields.texts("kinds")),
                fields.number("memory"),
                fields.has("endpoint") ? Optional.of(fields.text("endpoint")) : Optional.empty());
    }

    static Set<StyleKind> kinds(List<String> ids) {
        return ids.stream().map(StyleKind::of).collect(Collectors.toUnmodifiableSet());
    }
}
