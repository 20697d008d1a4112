package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.inference.diffusion.model.BundledModels;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The models that are there by name: those of the class path, those kept in the data folder, and style models. */
final class ModelList {
    private static final String WITH_PROGRAM = "comes with the program";
    private static final String UNKNOWN = "-";

    private final List<Entry> models = new ArrayList<>();
    private final List<Entry> styles = new ArrayList<>();

    private record Entry(String name, String family, long bytes, String from, Optional<String> licence) {}

    private ModelList() {}

    static ModelList of(ModelStore store) {
        ModelList list = new ModelList();
        BundledModels bundled = BundledModels.of(ModelList.class.getClassLoader());
        for (String name : ModelIntake.bundled()) {
            list.models.add(
                    bundled.names().contains(name)
                            ? bundled(bundled, name)
                            : new Entry(name, UNKNOWN, 0, WITH_PROGRAM, Optional.empty()));
        }
        store.models().forEach(folder -> list.models.add(kept(folder)));
        store.styles().forEach(file -> list.styles.add(style(file)));
        return list;
    }

    private static Entry bundled(BundledModels bundled, String name) {
        long bytes = bundled.files(name).stream().mapToLong(ModelFile::size).sum();
        // Only the launcher says where the copies are.
        String family = Optional.ofNullable(System.getProperty(ModelAddress.UNPACKED_PROPERTY))
                .map(unpacked -> family(bundled.unpack(name, Path.of(unpacked))))
                .orElse(UNKNOWN);
        return new Entry(name, family, bytes, WITH_PROGRAM, Optional.empty());
    }

    private static Entry kept(Path folder) {
        ModelSource source = ModelSource.of(folder);
        return new Entry(
                folder.getFileName().toString(), family(folder), size(folder), source.text(), source.licence());
    }

    private static String family(Path folder) {
        try {
            return ModelFolder.open(folder).architecture();
        } catch (DreamException e) {
            return "(" + e.code().id() + ")";
        }
    }

    private static Entry style(Path file) {
        String kind;
        try {
            kind = StyleFile.open(file).kind().words();
        } catch (DreamException e) {
            kind = "(" + e.code().id() + ")";
        }
        return new Entry(ModelStore.styleName(file), kind, size(file), file.toString(), Optional.empty());
    }

    /** Returns how many bytes a file or a folder has. */
    static long size(Path path) {
        try (Stream<Path> files = Files.walk(path)) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException e) {
            throw FileErrors.reading(path.toString(), e);
        } catch (UncheckedIOException e) {
            throw FileErrors.reading(path.toString(), new IOException(e.getMessage(), e));
        }
    }

    void print(Terminal terminal) {
        Table table = new Table("NAME", "FAMILY", "SIZE", "FROM");
        for (List<Entry> entries : List.of(models, styles)) {
            for (Entry entry : entries) {
                table.row(entry.name, entry.family, ByteSizes.text(entry.bytes), entry.from);
            }
        }
        table.print(terminal);
    }

    void printJson(Terminal terminal) {
        Json json = new Json().object();
        json(json.array("models"), models, "family");
        json(json.array("styles"), styles, "kind");
        terminal.line(json.end().toString());
    }

    private static void json(Json json, List<Entry> entries, String family) {
        for (Entry entry : entries) {
            json.object()
                    .member("name", entry.name)
                    .member(family, entry.family)
                    .member("bytes", entry.bytes)
                    .member("from", entry.from);
            entry.licence.ifPresent(licence -> json.member("licence", licence));
            json.end();
        }
        json.endArray();
    }
}
