package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ImageModelProvider;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelLimits;
import java.util.ServiceLoader;
import picocli.CommandLine.Model.CommandSpec;

/** Lists the models that are there by name, or shows what one can do. */
final class ModelsCommand implements Command {
    @Override
    public String name() {
        return "models";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Lists the models that are there by name, or shows one.",
                "Any folder in the Hugging Face ONNX layout is a model too.",
                "dream models",
                "dream models dream-mini",
                "dream models ./models/sd15");
        Options.positional(spec, "0..1", "NAME|DIR", "the model to show");
        Options.engine(spec);
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        Terminal terminal = context.terminal();
        if (arguments.first().isEmpty()) {
            for (ImageModelProvider provider : ServiceLoader.load(ImageModelProvider.class)) {
                provider.names().forEach(terminal::line);
            }
            return ExitStatus.OK;
        }
        String address = ModelAddress.of(arguments.first().get(), arguments, context);
        try (ModelLoading loading = ModelLoading.start(address, context)) {
            show(loading.await(context.interrupt()), terminal);
        }
        return ExitStatus.OK;
    }

    private static void show(ImageModel model, Terminal terminal) {
        ModelDescriptor descriptor = model.descriptor();
        ModelDefaults defaults = descriptor.defaults();
        ModelLimits limits = descriptor.limits();
        terminal.line("model       " + descriptor.id().name());
        terminal.line("digest      " + descriptor.id().digest().toHex());
        terminal.line("family      " + descriptor.architecture() + ", "
                + descriptor.files().size() + " files");
        terminal.line("defaults    " + defaults.width() + "x" + defaults.height() + ", " + defaults.steps()
                + " steps, guidance " + Numbers.text(defaults.guidanceScale()) + ", " + defaults.scheduler());
        terminal.line("sizes       multiples of " + limits.sizeMultiple() + " from " + limits.minSide() + " to "
                + limits.maxSide() + ", at most " + limits.maxPixels() + " pixels");
        terminal.line("schedulers  " + String.join(", ", descriptor.schedulers()));
    }
}
