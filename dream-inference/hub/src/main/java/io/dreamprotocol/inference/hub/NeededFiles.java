package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Chooses the files of a repository that make a model folder in the ONNX layout, by their exact names: no other name that a
 * hub sends ever becomes one on the disk. Weights for other programs are left out; above all pickles, which run code.
 */
final class NeededFiles {
    static final String INDEX = "model_index.json";

    /** As much as a model folder reads of a configuration file. */
    static final long MAX_CONFIG_BYTES = 1 << 20;

    static final long MAX_TOKENIZER_BYTES = 64L << 20;

    /** What protobuf allows. */
    static final long MAX_NETWORK_BYTES = 2L << 30;

    /** What the public hub serves over plain HTTP. */
    static final long MAX_WEIGHTS_BYTES = 50_000_000_000L;

    static final long MAX_MODEL_BYTES = 100_000_000_000L;

    /** The most files of weights that one network may have. */
    static final int MAX_WEIGHTS_FILES = 50;

    /** The most control networks that a model may have. */
    static final int MAX_CONTROL_NETWORKS = 16;

    private static final String NETWORK = "model.onnx";
    private static final String CONFIG = "config.json";
    private static final String SCHEDULER = "scheduler";
    private static final String SCHEDULER_CONFIG = "scheduler_config.json";
    private static final String TOKENIZER = "tokenizer";
    private static final String TOKENIZER_2 = "tokenizer_2";
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final String TOKENIZER_JSON = "tokenizer.json";
    private static final List<String> TOKENIZER_FILES = List.of(
            VOCABULARY,
            MERGES,
            TOKENIZER_JSON,
            "added_tokens.json",
            "tokenizer_config.json",
            "special_tokens_map.json");
    private static final List<ModelPart> REQUIRED =
            List.of(ModelPart.TEXT_ENCODER, ModelPart.UNET, ModelPart.VAE_DECODER);

    /** As a model folder names them. */
    private static final Pattern CONTROL_NETWORK = Pattern.compile("controlnet(_[A-Za-z0-9_]{1,50})?");

    /** The names that exporters give to weights outside the network's own file. */
    private static final Pattern WEIGHTS =
            Pattern.compile("model\\.onnx[._]data([A-Za-z0-9._-]{0,60}[A-Za-z0-9])?|weights\\.pb");

    private final HubReference reference;
    private final ModelDescription description;
    private final List<RemoteFile> chosen = new ArrayList<>();

    private NeededFiles(HubReference reference, ModelDescription description) {
        this.reference = reference;
        this.description = description;
    }

    /** The file that comes first, because it says which others there are. */
    static RemoteFile index(HubReference reference, ModelDescription description) {
        NeededFiles needed = new NeededFiles(reference, description);
        if (!needed.take(INDEX, MAX_CONFIG_BYTES)) {
            throw new NotFoundException(
                    ErrorCode.UNKNOWN_MODEL,
                    reference + " has no " + INDEX + ", so it is no image model in the layout of diffusers; choose one"
                            + " that is");
        }
        return needed.chosen.getFirst();
    }

    /**
     * Chooses the files, the index included.
     *
     * @param index the content of the index
     * @return the files, small ones first, so that errors show early
     */
    static List<RemoteFile> choose(HubReference reference, ModelDescription description, byte[] index) {
        NeededFiles needed = new NeededFiles(reference, description);
        needed.takeAll(index);
        needed.requireSafety();
        needed.chosen.sort((a, b) -> Long.compare(a.size(), b.size()));
        return List.copyOf(needed.chosen);
    }

    /** Tells whether a path is one that could have been chosen. */
    static boolean isNeeded(String path) {
        int slash = path.indexOf('/');
        String folder = slash < 0 ? "" : path.substring(0, slash);
        String name = path.substring(slash + 1);
        return switch (folder) {
            case "" -> name.equals(INDEX);
            case SCHEDULER -> name.equals(SCHEDULER_CONFIG);
            case TOKENIZER, TOKENIZER_2 -> TOKENIZER_FILES.contains(name);
            default ->
                isNetwork(folder)
                        && (name.equals(CONFIG)
                                || name.equals(NETWORK)
                                || WEIGHTS.matcher(name).matches());
        };
    }

    private static boolean isNetwork(String folder) {
        return Stream.of(ModelPart.values()).anyMatch(part -> part.folder().equals(folder))
                || CONTROL_NETWORK.matcher(folder).matches();
    }

    private void takeAll(byte[] json) {
        HubJson index;
        try {
            index = HubJson.read(json);
        } catch (IOException e) {
            throw HubErrors.mismatch(reference, "its " + INDEX + " is no JSON object");
        }
        take(INDEX, MAX_CONFIG_BYTES);
        require(SCHEDULER + "/" + SCHEDULER_CONFIG, MAX_CONFIG_BYTES);
        takeTokenizer(TOKENIZER);
        requireTokenizer();
        if (!isDenied(index, TOKENIZER_2)) {
            takeTokenizer(TOKENIZER_2);
        }
        for (ModelPart part : REQUIRED) {
            require(part.folder() + "/" + NETWORK, MAX_NETWORK_BYTES);
            require(part.folder() + "/" + CONFIG, MAX_CONFIG_BYTES);
            takeWeights(part.folder());
        }
        for (String folder : optionalNetworks()) {
            if (!isDenied(index, folder) && take(folder + "/" + NETWORK, MAX_NETWORK_BYTES)) {
                take(folder + "/" + CONFIG, MAX_CONFIG_BYTES);
                takeWeights(folder);
            }
        }
    }

    /** Tells whether the index says that the model does not have a part: null, or a list of nulls. */
    private static boolean isDenied(HubJson index, String part) {
        Object value = index.get(part);
        boolean nulls = value instanceof List<?> list && list.stream().allMatch(Objects::isNull);
        return index.has(part) && (value == null || nulls);
    }

    private Set<String> optionalNetworks() {
        Set<String> controls = new TreeSet<>();
        for (String path : description.files().keySet()) {
            if (path.endsWith("/" + NETWORK)) {
                String folder = path.substring(0, path.length() - NETWORK.length() - 1);
                if (CONTROL_NETWORK.matcher(folder).matches()) {
                    controls.add(folder);
                }
            }
        }
        if (controls.size() > MAX_CONTROL_NETWORKS) {
            throw HubErrors.mismatch(reference, "it has more than " + MAX_CONTROL_NETWORKS + " control networks");
        }
        Set<String> optional = new LinkedHashSet<>(controls);
        for (ModelPart part : ModelPart.values()) {
            if (!REQUIRED.contains(part)) {
                optional.add(part.folder());
            }
        }
        return optional;
    }

    private void takeTokenizer(String folder) {
        TOKENIZER_FILES.forEach(name -> take(folder + "/" + name, MAX_TOKENIZER_BYTES));
    }

    private void requireTokenizer() {
        if (!description.files().containsKey(TOKENIZER + "/" + TOKENIZER_JSON)) {
            requireListed(TOKENIZER + "/" + VOCABULARY);
            requireListed(TOKENIZER + "/" + MERGES);
        }
    }

    private void takeWeights(String folder) {
        String prefix = folder + "/";
        int before = chosen.size();
        for (String path : description.files().keySet()) {
            if (path.startsWith(prefix)
                    && WEIGHTS.matcher(path.substring(prefix.length())).matches()) {
                take(path, MAX_WEIGHTS_BYTES);
            }
        }
        if (chosen.size() - before > MAX_WEIGHTS_FILES) {
            throw HubErrors.mismatch(reference, folder + " has more than " + MAX_WEIGHTS_FILES + " files of weights");
        }
    }

    private void require(String path, long maxBytes) {
        requireListed(path);
        take(path, maxBytes);
    }

    private void requireListed(String path) {
        if (!description.files().containsKey(path)) {
            throw new NotFoundException(
                    ErrorCode.MODEL_FILE_MISSING,
                    reference + " has no " + path
                            + ", so it is no complete ONNX export; choose a model or revision with ONNX weights");
        }
    }

    private boolean take(String path, long maxBytes) {
        ModelDescription.Listed listed = description.files().get(path);
        if (listed == null) {
            return false;
        }
        String subject = path + " of " + reference;
        long size =
                listed.size().orElseThrow(() -> HubErrors.mismatch(subject, "the hub does not say how large it is"));
        if (size > maxBytes) {
            throw HubErrors.tooLarge(subject, size, maxBytes);
        }
        ContentId id = listed.id()
                .orElseThrow(() -> HubErrors.mismatch(subject, "the hub does not state a digest to check it with"));
        chosen.add(new RemoteFile(path, size, id));
        return true;
    }

    private void requireSafety() {
        long total = 0;
        Set<String> names = new HashSet<>();
        for (RemoteFile file : chosen) {
            total += file.size();
            if (!names.add(file.path().toLowerCase(Locale.ROOT))) {
                throw HubErrors.mismatch(
                        reference, "the name " + file.path() + " occurs twice, in upper and in lower case");
            }
        }
        if (total > MAX_MODEL_BYTES) {
            throw HubErrors.tooLarge(reference, total, MAX_MODEL_BYTES);
        }
    }
}
