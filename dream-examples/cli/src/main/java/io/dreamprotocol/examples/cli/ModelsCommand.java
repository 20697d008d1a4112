package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Lists the models that are there by name, shows what one can do, and takes new ones in. */
final class ModelsCommand implements Command {
    private static final String ADD = "add";
    private static final String PULL = "pull";
    private static final String REMOVE = "remove";
    private static final String PUBLISH = "publish";
    private static final String FETCH = "fetch";
    private static final String NAME = "--name";

    @Override
    public String name() {
        return "models";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Lists the models that are there by name, shows one, takes one in, shares one, or removes one.",
                "'add' checks a model's folder in the Hugging Face ONNX layout, or the safetensors file of a LoRA or"
                        + " textual inversion, says what it can do and keeps it in the data folder. 'pull' fetches a"
                        + " model's ONNX files from a hub, checked and resumed where a pull broke off. 'publish' puts a"
                        + " model into the store and prints its CID, by which 'fetch' takes it from a store; both"
                        + " go on where they broke off. Any folder in that layout is a model too.",
                "dream models",
                "dream models dream-mini",
                "dream models add ./sd15-onnx --name sd15",
                "dream models add ./watercolour.safetensors",
                "dream models pull ORG/NAME@v1.0",
                "dream models pull ORG/NAME --hub https://hub.example --token-file token.txt",
                "dream models publish sd15 --store tiers:embedded,ipfs:http://127.0.0.1:5001",
                "dream models fetch CID --name sd15 --store tiers:embedded,gateway:https://trustless-gateway.link",
                "dream models remove sd15",
                "dream generate \"a red apple\" --model sd15");
        Options.positional(
                spec,
                "0..2",
                "NAME|DIR, add DIR|FILE, pull ORG/NAME[@REVISION], publish NAME|DIR, fetch CID, remove NAME",
                "the model to show, to take in, to fetch, to share or to remove; a revision is a branch, a tag or a commit"
                        + " (default: main)");
        Options.text(spec, NAME, "NAME", "the name to keep it under (default: the folder's, the file's, the hub's)");
        Options.text(spec, HubPull.HUB, "URL", "the hub to pull from (default: $DREAM_HUB, else huggingface.co)");
        Options.text(
                spec,
                HubPull.TOKEN_FILE,
                "FILE",
                "a file with the hub's token for private and gated models (default: the token in $HF_TOKEN)");
        Options.flag(spec, ModelRemoval.YES, "remove without asking");
        Options.flag(spec, Options.JSON, "print the list, or the CID, as one JSON object and nothing else");
        Options.engine(spec);
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        List<String> words = arguments.positional();
        boolean pull = words.size() == 2 && words.getFirst().equals(PULL);
        boolean add = words.size() == 2 && words.getFirst().equals(ADD);
        boolean remove = words.size() == 2 && words.getFirst().equals(REMOVE);
        boolean publish = words.size() == 2 && words.getFirst().equals(PUBLISH);
        boolean fetch = words.size() == 2 && words.getFirst().equals(FETCH);
        boolean intake = pull || add || fetch;
        boolean lacksName =
                words.size() == 1 && List.of(ADD, PULL, REMOVE, PUBLISH, FETCH).contains(words.getFirst());
        if (lacksName || (words.size() > 1 && !intake && !remove && !publish)) {
            throw arguments.usage("Write 'dream models', 'dream models NAME|DIR', 'dream models add DIR|FILE',"
                    + " 'dream models pull ORG/NAME', 'dream models publish NAME', 'dream models fetch CID' or"
                    + " 'dream models remove NAME'");
        }
        requireUse(NAME, intake, "add, pull and fetch", arguments);
        requireUse(HubPull.HUB, pull, PULL, arguments);
        requireUse(HubPull.TOKEN_FILE, pull, PULL, arguments);
        requireUse(ModelRemoval.YES, remove, REMOVE, arguments);
        requireUse(Options.JSON, words.isEmpty() || publish, "the list and publish", arguments);
        Optional<String> name = arguments.text(NAME);
        if (words.isEmpty()) {
            list(arguments, context);
        } else if (pull) {
            HubPull.run(words.getLast(), name, arguments, context);
        } else if (add) {
            ModelAdding.run(words.getLast(), name, arguments, context);
        } else if (publish) {
            return ModelSharing.publish(words.getLast(), arguments, context);
        } else if (fetch) {
            String kept =
                    name.orElseThrow(() -> arguments.usage("A CID says nothing of a name; choose one with " + NAME));
            return ModelSharing.fetch(words.getLast(), kept, arguments, context);
        } else if (remove) {
            ModelRemoval.run(words.getLast(), arguments, context);
        } else {
            show(words.getFirst(), arguments, context);
        }
        return ExitStatus.OK;
    }

    private static void requireUse(String option, boolean used, String user, Arguments arguments) {
        if (!used && arguments.flag(option)) {
            throw arguments.usage(option + " is for " + user + " only");
        }
    }

    private static void list(Arguments arguments, Context context) {
        ModelList list = ModelList.of(store(arguments, context));
        if (arguments.flag(Options.JSON)) {
            list.printJson(context.terminal());
        } else {
            list.print(context.terminal());
        }
    }

    private static void show(String wanted, Arguments arguments, Context context) {
        String address = ModelAddress.of(wanted, arguments, context);
        try (ModelLoading loading = ModelLoading.start(address, context)) {
            ImageModel model = loading.await(context.interrupt());
            context.terminal().line("model       " + model.descriptor().id().name());
            ModelText.show(model, context.terminal());
        }
        Optional<Path> kept = store(arguments, context).find(wanted);
        if (kept.isPresent() && address.contains(kept.get().toString())) {
            ModelText.show(ModelFolder.open(kept.get()), context.terminal());
        }
    }

    private static ModelStore store(Arguments arguments, Context context) {
        return new ModelStore(DataFolder.of(arguments, context).models());
    }
}
