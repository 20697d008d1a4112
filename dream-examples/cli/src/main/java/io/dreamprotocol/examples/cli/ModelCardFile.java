package io.dreamprotocol.examples.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A model's {@code README.md}, whose front matter (YAML between two lines of dashes) may state the licence. */
final class ModelCardFile {
    static final String NAME = "README.md";

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_TEXT = 200;
    private static final String FENCE = "---";
    private static final String OTHER = "other";

    private ModelCardFile() {}

    /** Returns the licence that the card of a model states. */
    static Optional<String> licence(Path folder) {
        Path card = folder.resolve(NAME);
        if (!Files.isRegularFile(card)) {
            return Optional.empty();
        }
        List<String> lines;
        try (InputStream in = Files.newInputStream(card)) {
            lines = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw FileErrors.reading(card.toString(), e);
        }
        if (lines.isEmpty() || !lines.getFirst().strip().equals(FENCE)) {
            return Optional.empty();
        }
        List<String> matter = lines.stream()
                .skip(1)
                .takeWhile(line -> !line.strip().equals(FENCE))
                .toList();
        Optional<String> licence = value(matter, "license");
        return licence.filter(OTHER::equals).isPresent()
                ? value(matter, "license_name").or(() -> licence)
                : licence;
    }

    private static Optional<String> value(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip().replaceAll("^[\"']|[\"']$", ""))
                .filter(text -> !text.isEmpty())
                .map(text -> PrintableText.oneLine(text, MAX_TEXT))
                .findFirst();
    }
}
