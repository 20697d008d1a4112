package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.ledger.WorkerOffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The stored form of an offer. */
final class OfferForm {
    private static final long VERSION = 1;

    private OfferForm() {}

    static byte[] encode(WorkerOffer offer) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", VERSION);
        map.put("worker", offer.worker().value());
        map.put("ask", offer.ask().toString());
        map.put("expires", offer.expires().toEpochMilli());
        map.put("models", offer.models().stream().map(OfferForm::encode).toList());
        map.put("kinds", WorkerForm.encode(offer.kinds()));
        return DagCbor.encode(map);
    }

    private static Map<String, Object> encode(ModelDescriptor model) {
        ModelDefaults defaults = model.defaults();
        ModelLimits limits = model.limits();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", model.id().name());
        map.put("digest", model.id().digest());
        map.put("architecture", model.architecture());
        map.put("files", model.files().stream().map(OfferForm::encode).toList());
        map.put("defaultWidth", defaults.width());
        map.put("defaultHeight", defaults.height());
        map.put("defaultSteps", defaults.steps());
        map.put("defaultGuidanceScale", defaults.guidanceScale());
        map.put("defaultScheduler", defaults.scheduler());
        map.put("sizeMultiple", limits.sizeMultiple());
        map.put("minSide", limits.minSide());
        map.put("maxSide", limits.maxSide());
        map.put("maxPixels", limits.maxPixels());
        map.put("schedulers", model.schedulers());
        return map;
    }

    private static Map<String, Object> encode(ModelFile file) {
        return Map.of("path", file.path(), "size", file.size(), "sha256", file.sha256());
    }

    static WorkerOffer decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "offer");
        fields.requireVersion(VERSION);
        List<Fields> models = fields.maps("models");
        return fields.build(() -> new WorkerOffer(
                Stored.account(fields, "worker"),
                Stored.amount(fields, "ask"),
                models.stream().map(OfferForm::model).toList(),
                fields.has("kinds") ? WorkerForm.kinds(fields.texts("kinds")) : Set.of(),
                Stored.instant(fields, "expires")));
    }

    private static ModelDescriptor model(Fields fields) {
        return new ModelDescriptor(
                new ModelId(fields.text("name"), fields.bytes("digest")),
                fields.text("architecture"),
                fields.maps("files").stream().map(OfferForm::file).toList(),
                new ModelDefaults(
                        fields.integer("defaultWidth"),
                        fields.integer("defaultHeight"),
                        fields.integer("defaultSteps"),
                        fields.decimal("defaultGuidanceScale"),
                        fields.text("defaultScheduler")),
                new ModelLimits(
                        fields.integer("sizeMultiple"),
                        fields.integer("minSide"),
                        fields.integer("maxSide"),
                        fields.number("maxPixels")),
                fields.texts("schedulers"));
    }

    private static ModelFile file(Fields fields) {
        return new ModelFile(fields.text("path"), fields.number("size"), fields.bytes("sha256"));
    }
}
