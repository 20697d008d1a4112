package io.dreamprotocol.core.library;

import io.dreamprotocol.core.style.StyleKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What a creator wants to publish: files on this machine, and what {@link io.dreamprotocol.core.style.StyleManifest} says of
 * them.
 *
 * @param content the model's file, or its folder with all files below it; hidden ones, whose names begin with a dot, are left out
 * @param name the name that prompts use
 * @param kind what it is
 * @param architecture the family of networks that it is or fits
 * @param description for people
 * @param triggerWords the words that bring the style out in a prompt
 * @param tags words by which it is found
 * @param licence the licence of the files
 * @param previews PNG images made by the model, of at most {@link StylePublisher#MAX_PREVIEW_BYTES} each
 */
public record StyleUpload(
        Path content,
        String name,
        StyleKind kind,
        String architecture,
        String description,
        List<String> triggerWords,
        List<String> tags,
        String licence,
        List<Path> previews) {
    /** Checks that every part is there, and copies the lists. */
    public StyleUpload {
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(description, "description");
        triggerWords = List.copyOf(triggerWords);
        tags = List.copyOf(tags);
        Objects.requireNonNull(licence, "licence");
        previews = List.copyOf(previews);
    }
}
