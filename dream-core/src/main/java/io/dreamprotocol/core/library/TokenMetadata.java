package io.dreamprotocol.core.library;

import io.dreamprotocol.core.image.JsonText;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import java.util.ArrayList;
import java.util.List;

/**
 * What marketplaces show of a style model: the JSON that a token's URI leads to (ERC-721, "Metadata JSON Schema", with the {@code
 * attributes} that marketplaces added).
 *
 * <p>It has {@code name}, {@code description}, the first preview as {@code image} if there is one, and the attributes kind, base
 * model, trigger words, licence, royalty and access. It has no {@code external_url}: the model's page is wherever its ledger is.
 */
public final class TokenMetadata {
    private TokenMetadata() {}

    /**
     * Writes the metadata of a model.
     *
     * @param model the model as it is now; what its owner may change is told as of now
     * @param info the ledger, for its coin
     * @return JSON (RFC 8259)
     */
    public static String of(StyleModel model, LedgerInfo info) {
        StyleManifest manifest = model.manifest();
        List<String> attributes = new ArrayList<>();
        attributes.add(attribute("Kind", manifest.kind().id()));
        attributes.add(attribute("Base model", manifest.architecture()));
        manifest.triggerWords().forEach(word -> attributes.add(attribute("Trigger word", word)));
        attributes.add(attribute("Licence", manifest.licence()));
        attributes.add(attribute(
                "Royalty per megapixel-step", model.terms().price().toCoins(info.decimals()) + " " + info.currency()));
        attributes.add(attribute("Access", manifest.sealed() ? "licensed workers" : "open"));
        StringBuilder json = new StringBuilder("{\n");
        json.append("  \"name\": ").append(JsonText.quote(manifest.name())).append(",\n");
        json.append("  \"description\": ")
                .append(JsonText.quote(manifest.description()))
                .append(",\n");
        if (!manifest.previews().isEmpty()) {
            String image = "ipfs://" + manifest.previews().getFirst();
            json.append("  \"image\": ").append(JsonText.quote(image)).append(",\n");
        }
        json.append("  \"attributes\": [\n    ")
                .append(String.join(",\n    ", attributes))
                .append("\n  ]\n}\n");
        return json.toString();
    }

    private static String attribute(String trait, String value) {
        return "{\"trait_type\": " + JsonText.quote(trait) + ", \"value\": " + JsonText.quote(value) + "}";
    }
}
