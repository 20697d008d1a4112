package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ImageModelProvider;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import io.dreamprotocol.inference.diffusion.safety.NetworkSafetyChecker;
import io.dreamprotocol.inference.onnx.OnnxOptions;
import io.dreamprotocol.inference.onnx.OnnxRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Takes models into a data folder, after a look at everything in them. */
final class ModelIntake {
    private final Arguments arguments;
    private final Context context;
    private final ModelStore store;

    ModelIntake(Arguments arguments, Context context) {
        this.arguments = arguments;
        this.context = context;
        this.store = new ModelStore(DataFolder.of(arguments, context).models());
    }

    /** Lists the models of the class path. */
    static List<String> bundled() {
        List<String> names = new ArrayList<>();
        ServiceLoader.load(ImageModelProvider.class).forEach(provider -> names.addAll(provider.names()));
        return names;
    }

    /**
     * Loads a model, says what it can do, and keeps it.
     *
     * @param folder where it is
     * @param name the name to keep it under
     * @param source where it came from
     */
    void take(Path folder, String name, ModelSource source) {
        ModelStore.requireName(name, bundled());
        Terminal terminal = context.terminal();
        String address = ModelAddress.of(folder.toString(), arguments, context);
        try (ModelLoading loading = ModelLoading.start(address, context)) {
            terminal.status("Loading " + folder);
            ImageModel model = loading.await(context.interrupt());
            ModelFolder files = ModelFolder.open(folder);
            checkOptionalParts(files);
            boolean isNew = store.keep(name, files, source, context.interrupt());
            terminal.clearStatus();
            terminal.line("name        " + name + (isNew ? "" : " (it was there already)"));
            ModelText.show(model, terminal);
            ModelText.show(ModelFolder.open(store.path().resolve(name)), terminal);
            terminal.line("use         dream generate \"...\" --model " + name);
        } catch (StoppedException e) {
            throw new StoppedException(e.code(), "Interrupted; the model was not kept", e);
        }
    }

    /** Loads the networks that a model is opened without, because few requests need them. */
    private static void checkOptionalParts(ModelFolder folder) {
        OnnxRuntime runtime = OnnxRuntime.start(OnnxOptions.defaults());
        if (folder.has(ModelPart.VAE_ENCODER)) {
            NetworkSource encoder =
                    new NetworkSource(ModelPart.VAE_ENCODER.folder(), folder.network(ModelPart.VAE_ENCODER));
            runtime.load(encoder).close();
        }
        NetworkSafetyChecker.load(folder.root(), runtime).ifPresent(NetworkSafetyChecker::close);
    }
}
