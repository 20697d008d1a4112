package io.dreamprotocol.examples.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code dream models add}: takes a model's folder or a style model's file. */
final class ModelAdding {
    private static final String ENDING = "(?i)\\.safetensors$";

    private ModelAdding() {}

    static void run(String wanted, Optional<String> name, Arguments arguments, Context context) {
        Path path = context.resolve(wanted).toAbsolutePath().normalize();
        if (!wanted.isEmpty() && Files.isDirectory(path)) {
            ModelSource source = new ModelSource(path.toString(), Optional.empty(), ModelCardFile.licence(path));
            new ModelIntake(arguments, context).take(path, name.orElseGet(() -> last(path)), source);
        } else if (Files.isRegularFile(path)) {
            addStyle(path, name.orElseGet(() -> last(path).replaceFirst(ENDING, "")), arguments, context);
        } else {
            throw arguments.usage("There is no folder or file " + PrintableText.oneLine(wanted));
        }
    }

    static void addStyle(Path path, String name, Arguments arguments, Context context) {
        StyleFile file = StyleFile.open(path);
        ModelStore.requireName(name, List.of());
        ModelStore store = new ModelStore(DataFolder.of(arguments, context).models());
        String sha256 = file.show(name, context.terminal());
        boolean isNew = store.keepStyle(name, path, sha256, context.interrupt());
        context.terminal().line("kept in     " + store.style(name) + (isNew ? "" : " (it was there already)"));
    }

    private static String last(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }
}
