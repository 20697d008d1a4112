package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Says what a model can do. */
final class ModelText {
    private ModelText() {}

    /** Shows what an open model says of itself, other than its name. */
    static void show(ImageModel model, Terminal terminal) {
        ModelDescriptor descriptor = model.descriptor();
        ModelDefaults defaults = descriptor.defaults();
        ModelLimits limits = descriptor.limits();
        terminal.line("digest      " + descriptor.id().digest().toHex());
        terminal.line("family      " + descriptor.architecture() + ", "
                + descriptor.files().size() + " files");
        terminal.line("defaults    " + defaults.width() + "x" + defaults.height() + ", " + defaults.steps()
                + " steps, guidance " + Numbers.text(defaults.guidanceScale()) + ", " + defaults.scheduler());
        terminal.line("sizes       multiples of " + limits.sizeMultiple() + " from " + limits.minSide() + " to "
                + limits.maxSide() + ", at most " + limits.maxPixels() + " pixels");
        terminal.line("schedulers  " + String.join(", ", descriptor.schedulers()));
    }

    /** Shows what a kept model's folder says besides. */
    static void show(ModelFolder folder, Terminal terminal) {
        ModelSource source = ModelSource.of(folder.root());
        terminal.line("can         " + String.join("; ", abilities(folder)));
        terminal.line("licence     " + source.licenceText());
        terminal.line("from        " + source.text());
        terminal.line("kept in     " + folder.root());
    }

    private static List<String> abilities(ModelFolder folder) {
        List<String> abilities = new ArrayList<>();
        int ownChannels = folder.unet().inChannels() - folder.vae().latentChannels();
        abilities.add(
                ownChannels > 0 ? "paint anew under a mask, with a network made for it" : "make images from words");
        if (folder.has(ModelPart.VAE_ENCODER)) {
            abilities.add("begin with an image");
        }
        if (!folder.controlNetworks().isEmpty()) {
            abilities.add("be steered by the control networks " + String.join(", ", folder.controlNetworks()));
        }
        if (Files.isDirectory(folder.root().resolve("safety_checker"))) {
            abilities.add("check images for safety");
        }
        return abilities;
    }
}
