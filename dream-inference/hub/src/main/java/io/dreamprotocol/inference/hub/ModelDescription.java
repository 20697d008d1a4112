package io.dreamprotocol.inference.hub;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a hub says of a model at a revision.
 *
 * @param commit the commit that the revision means
 * @param files every file in it
 * @param card what its owner says of it
 */
record ModelDescription(String commit, Map<String, Listed> files, ModelCard card) {
    /** The most bytes of the hub's answer. */
    static final int MAX_BYTES = 8 << 20;

    /** The most files that a repository may have. */
    static final int MAX_FILES = 20_000;

    private static final int MAX_LABEL = 200;
    private static final int MAX_LABELS = 100;

    /** What git allows in no path; a hub that lists it is not one, or means harm. */
    private static final Pattern IMPOSSIBLE = Pattern.compile("(^|.*/)(|\\.|\\.\\.)(/.*|$)");

    /**
     * A file as the hub lists it.
     *
     * @param path its path
     * @param size its length, if the hub says so
     * @param id its content, if the hub says so
     */
    record Listed(String path, Optional<Long> size, Optional<ContentId> id) {}

    /**
     * Reads the hub's answer.
     *
     * @param reference what was asked for
     * @param json the answer
     */
    static ModelDescription of(HubReference reference, byte[] json) {
        HubJson answer;
        try {
            answer = HubJson.read(json);
        } catch (IOException e) {
            throw HubErrors.mismatch(reference, "the hub's answer is no JSON object");
        }
        String commit = answer.text("sha")
                .filter(HubReference::isCommit)
                .orElseThrow(() -> HubErrors.mismatch(reference, "the hub does not say which commit it is"));
        if (reference.isPinned() && !reference.revision().equals(commit)) {
            throw HubErrors.mismatch(reference, "the hub answers for commit " + commit);
        }
        return new ModelDescription(commit, files(reference, answer), card(answer));
    }

    private static Map<String, Listed> files(HubReference reference, HubJson answer) {
        List<HubJson> siblings = answer.objects("siblings")
                .orElseThrow(() -> HubErrors.mismatch(reference, "the hub does not list its files"));
        if (siblings.size() > MAX_FILES) {
            throw HubErrors.mismatch(reference, "it has more than " + MAX_FILES + " files");
        }
        Map<String, Listed> files = new LinkedHashMap<>();
        for (HubJson sibling : siblings) {
            String path = sibling.text("rfilename").orElse("");
            if (!isPossible(path)) {
                throw HubErrors.mismatch(
                        reference, "the hub lists a file with an unsafe name, '" + Shown.of(path) + "'");
            }
            if (files.put(path, listed(path, sibling)) != null) {
                throw HubErrors.mismatch(reference, "the hub lists '" + Shown.of(path) + "' twice");
            }
        }
        return files;
    }

    private static boolean isPossible(String path) {
        return !IMPOSSIBLE.matcher(path).matches()
                && path.indexOf('\\') < 0
                && path.codePoints().noneMatch(Character::isISOControl);
    }

    private static Listed listed(String path, HubJson sibling) {
        Optional<HubJson> lfs = sibling.object("lfs");
        return new Listed(
                path,
                lfs.isPresent() ? lfs.get().size("size") : sibling.size("size"),
                lfs.isPresent()
                        ? ContentId.of(ContentId.Kind.SHA256, lfs.get().get("sha256"))
                        : ContentId.of(ContentId.Kind.GIT, sibling.get("blobId")));
    }

    private static ModelCard card(HubJson answer) {
        Optional<HubJson> data = answer.object("cardData");
        return new ModelCard(
                data.flatMap(card -> first(card, "license")).or(() -> tagged(answer, "license:")),
                data.flatMap(card -> first(card, "license_name")),
                data.flatMap(card -> first(card, "license_link")),
                data.map(card -> labels(card.texts("base_model"))).orElse(List.of()),
                labels(answer.texts("tags")));
    }

    private static Optional<String> first(HubJson card, String key) {
        return labels(card.texts(key)).stream().findFirst();
    }

    private static Optional<String> tagged(HubJson answer, String prefix) {
        return labels(answer.texts("tags")).stream()
                .filter(tag -> tag.startsWith(prefix))
                .map(tag -> tag.substring(prefix.length()))
                .findFirst();
    }

    private static List<String> labels(List<String> texts) {
        return texts.stream()
                .limit(MAX_LABELS)
                .map(text -> Shown.of(text, MAX_LABEL).strip())
                .filter(text -> !text.isEmpty())
                .toList();
    }
}
