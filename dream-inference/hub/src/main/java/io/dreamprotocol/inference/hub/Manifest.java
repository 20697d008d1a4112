package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the cache remembers of a model's commit, so that a pull of this commit asks the hub only for what is damaged.
 *
 * @param files the model's files
 * @param card what the hub said of the model
 */
record Manifest(List<RemoteFile> files, ModelCard card) {
    private static final long VERSION = 1;
    private static final int MAX_BYTES = 4 << 20;

    /** Reads a manifest; nothing if there is none that can be used, which is then as good as none. */
    static Optional<Manifest> read(Path path) {
        if (HubCache.size(path) < 0 || HubCache.size(path) > MAX_BYTES) {
            return Optional.empty();
        }
        try {
            HubJson json = HubJson.read(Files.readAllBytes(path));
            if (!json.size("version").equals(Optional.of(VERSION))) {
                return Optional.empty();
            }
            List<RemoteFile> files = new ArrayList<>();
            for (HubJson file : json.objects("files").orElse(List.of())) {
                files.add(new RemoteFile(
                        file.text("path").filter(NeededFiles::isNeeded).orElseThrow(),
                        file.size("size").orElseThrow(),
                        file.text("id").flatMap(ContentId::parse).orElseThrow()));
            }
            HubJson card = json.object("card").orElseThrow();
            return files.isEmpty() ? Optional.empty() : Optional.of(new Manifest(List.copyOf(files), card(card)));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static ModelCard card(HubJson card) {
        return new ModelCard(
                card.text("licence"),
                card.text("licenceName"),
                card.text("licenceLink"),
                card.texts("baseModels"),
                card.texts("tags"));
    }

    byte[] toJson() {
        List<Map<String, Object>> list = new ArrayList<>();
        for (RemoteFile file : files) {
            list.add(fields(
                    "path", file.path(), "size", file.size(), "id", file.id().toString()));
        }
        Map<String, Object> about = fields("baseModels", card.baseModels(), "tags", card.tags());
        card.licence().ifPresent(text -> about.put("licence", text));
        card.licenceName().ifPresent(text -> about.put("licenceName", text));
        card.licenceLink().ifPresent(text -> about.put("licenceLink", text));
        try {
            return HubJson.write(fields("version", VERSION, "files", list, "card", about));
        } catch (IOException e) {
            throw new StorageException(ErrorCode.STORE_FAILED, "A model's manifest cannot be written", e);
        }
    }

    private static Map<String, Object> fields(Object... pairs) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            fields.put((String) pairs[i], pairs[i + 1]);
        }
        return fields;
    }
}
