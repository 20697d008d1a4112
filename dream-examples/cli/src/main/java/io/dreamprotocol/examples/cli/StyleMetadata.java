package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;

/** A style model's metadata as marketplaces read them: JSON by ERC-721, with the customary list of attributes. */
final class StyleMetadata {
    private static final String IPFS = "ipfs://";

    private StyleMetadata() {}

    static Json of(StyleModel model) {
        StyleManifest manifest = model.manifest();
        Json json = new Json().object().member("name", manifest.name()).member("description", manifest.description());
        if (!manifest.previews().isEmpty()) {
            json.member("image", IPFS + manifest.previews().getFirst());
        }
        json.array("attributes");
        attribute("Kind", manifest.kind().id(), json);
        attribute("Base", manifest.architecture(), json);
        attribute("Licence", manifest.licence(), json);
        attribute("Sealed", manifest.sealed() ? "yes" : "no", json);
        manifest.triggerWords().forEach(word -> attribute("Trigger word", word, json));
        manifest.tags().forEach(tag -> attribute("Tag", tag, json));
        json.endArray()
                .object("properties")
                .member("number", model.id().number())
                .member("creator", model.creator().value())
                .member("manifest", IPFS + manifest.cid())
                .array("files");
        for (StyleFile file : manifest.files()) {
            json.object()
                    .member("path", file.file().path())
                    .member("uri", IPFS + file.cid())
                    .member("sha256", file.file().sha256().toHex())
                    .member("size", file.file().size())
                    .end();
        }
        json.endArray().array("previews");
        manifest.previews().forEach(preview -> json.element(IPFS + preview));
        return json.endArray().end().end();
    }

    private static void attribute(String trait, String value, Json json) {
        json.object().member("trait_type", trait).member("value", value).end();
    }
}
