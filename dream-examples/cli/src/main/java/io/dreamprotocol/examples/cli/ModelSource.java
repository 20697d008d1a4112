package io.dreamprotocol.examples.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * Where a kept model came from, which a file in its folder says.
 *
 * @param from the folder that it was copied from, or its name on a hub
 * @param commit the hub's commit
 * @param licence what its card or the hub says of its licence
 */
record ModelSource(String from, Optional<String> commit, Optional<String> licence) {
    /** The file's name. Models are opened without it. */
    static final String FILE = "dream-source.properties";

    private static final int MAX_BYTES = 1 << 16;
    private static final String FROM = "from";
    private static final String COMMIT = "commit";
    private static final String LICENCE = "licence";

    /** Reads the file of a model; one that is missing or damaged says nothing. */
    static ModelSource of(Path folder) {
        Properties values = new Properties();
        try (InputStream in = Files.newInputStream(folder.resolve(FILE))) {
            values.load(new StringReader(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8)));
        } catch (IOException | IllegalArgumentException e) {
            return new ModelSource("unknown", Optional.empty(), Optional.empty());
        }
        return new ModelSource(
                values.getProperty(FROM, "unknown"),
                Optional.ofNullable(values.getProperty(COMMIT)),
                Optional.ofNullable(values.getProperty(LICENCE)));
    }

    /** Writes the file into a model's folder. */
    void writeTo(Path folder) throws IOException {
        Properties values = new Properties();
        values.setProperty(FROM, from);
        commit.ifPresent(text -> values.setProperty(COMMIT, text));
        licence.ifPresent(text -> values.setProperty(LICENCE, text));
        StringWriter text = new StringWriter();
        values.store(text, null);
        Files.writeString(folder.resolve(FILE), text.toString());
    }

    /** Returns the source with the commit, if there is one. */
    String text() {
        return commit.map(id -> from + "@" + id).orElse(from);
    }

    /** Returns the licence, or that none is stated. */
    String licenceText() {
        return licence.orElse("none is stated");
    }
}
