package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code dream models remove}: deletes a model or a style model that is kept by name. */
final class ModelRemoval {
    static final String YES = "--yes";

    private ModelRemoval() {}

    static void run(String wanted, Arguments arguments, Context context) {
        ModelStore store = new ModelStore(DataFolder.of(arguments, context).models());
        Path kept = find(wanted, store, arguments);
        String size = ByteSizes.text(ModelList.size(kept));
        if (!arguments.flag(YES) && !agreed("Remove " + kept + " (" + size + ")?", arguments, context)) {
            context.terminal().error("Nothing was removed.");
            return;
        }
        store.remove(kept);
        context.terminal().line("removed     " + kept + " (" + size + ")");
    }

    private static Path find(String wanted, ModelStore store, Arguments arguments) {
        String shown = PrintableText.oneLine(wanted, ModelStore.MAX_NAME);
        Optional<Path> model = store.find(wanted);
        Optional<Path> style = store.findStyle(
                wanted.startsWith(ModelStore.STYLES + "/") ? wanted.substring(ModelStore.STYLES.length() + 1) : wanted);
        if (model.isPresent() && style.isPresent()) {
            throw arguments.usage("There are a model and a style model of the name " + shown + "; write "
                    + ModelStore.STYLES + "/" + shown + " for the style model, or remove the model's folder "
                    + model.get() + " by hand");
        }
        return model.or(() -> style).orElseThrow(() -> missing(wanted, shown, store));
    }

    private static NotFoundException missing(String wanted, String shown, ModelStore store) {
        if (ModelIntake.bundled().contains(wanted)) {
            return new NotFoundException(
                    ErrorCode.UNKNOWN_MODEL, "The model " + shown + " comes with the program and cannot be removed");
        }
        List<String> names = new ArrayList<>();
        store.models().forEach(folder -> names.add(folder.getFileName().toString()));
        store.styles().forEach(file -> names.add(ModelStore.styleName(file)));
        return new NotFoundException(
                ErrorCode.UNKNOWN_MODEL,
                "No model or style model is kept under the name '" + shown + "'" + Suggestion.of(wanted, names)
                        + "; list them with 'dream models'");
    }

    private static boolean agreed(String question, Arguments arguments, Context context) {
        String answer = context.terminal()
                .ask(question + " [y/N] ")
                .orElseThrow(() -> arguments.usage("Nobody is there to be asked; add " + YES + " to remove it"));
        return List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
    }
}
