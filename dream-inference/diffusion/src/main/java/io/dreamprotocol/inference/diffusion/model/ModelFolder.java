package io.dreamprotocol.inference.diffusion.model;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model on disk, in the layout that Hugging Face's ONNX exports have.
 *
 * <pre>
 * model_index.json                    which pipeline the model is made for
 * scheduler/scheduler_config.json     its noise schedule and solver
 * tokenizer/                          vocabulary and merges of CLIP's byte pair encoding
 * text_encoder/model.onnx, config.json
 * unet/model.onnx, config.json
 * vae_decoder/model.onnx, config.json
 * vae_encoder/model.onnx              only needed to start from a picture
 * text_encoder_2/, tokenizer_2/       only in SDXL
 * controlnet/, controlnet_1/, ...     only in ControlNet models
 * refiner/model.onnx, config.json     a second denoising network that may take over, such as the unet of SDXL's refiner
 * </pre>
 *
 * <p>Opening a folder reads and checks its configuration and sees that the files it needs are there; networks are not
 * loaded. Immutable and thread-safe, as long as nobody changes the files.
 */
public final class ModelFolder {
    /** The most files that a model may have. */
    private static final int MAX_FILES = 500;

    private static final int BUFFER = 1 << 16;
    private static final String INDEX = "model_index.json";
    private static final String NETWORK = "model.onnx";
    private static final String CONFIG = "config.json";
    private static final String SCHEDULER = "scheduler";
    private static final String TOKENIZER = "tokenizer";
    private static final String TOKENIZER_2 = "tokenizer_2";
    private static final Pattern CONTROL_NETWORK = Pattern.compile("controlnet(_[A-Za-z0-9_]{1,50})?");

    /** What other programs read, where a model is stored in several forms in one folder. */
    private static final Pattern UNUSED = Pattern.compile("\\..*|.*\\.(md|safetensors|bin|msgpack|h5|ckpt)");

    private final Path root;
    private final String pipelineClass;
    private final boolean zerosForEmptyPrompt;
    private final UnetConfig unet;
    private final Optional<UnetConfig> refiner;
    private final VaeConfig vae;
    private final Map<ModelPart, TextEncoderConfig> textEncoders;
    private final SchedulerConfig scheduler;

    /** Guards {@link #files}. */
    private final Object hashing = new Object();

    private @Nullable List<ModelFile> files;

    private ModelFolder(Path root) {
        this.root = root;
        ConfigFile index = ConfigFile.read(root.resolve(INDEX));
        this.pipelineClass = index.text("_class_name", "");
        this.zerosForEmptyPrompt = index.flag("force_zeros_for_empty_prompt", false);
        this.unet = UnetConfig.of(config(ModelPart.UNET));
        this.refiner =
                has(ModelPart.REFINER) ? Optional.of(UnetConfig.of(config(ModelPart.REFINER))) : Optional.empty();
        this.vae = VaeConfig.of(config(ModelPart.VAE_DECODER));
        this.textEncoders = new EnumMap<>(ModelPart.class);
        textEncoders.put(ModelPart.TEXT_ENCODER, TextEncoderConfig.of(config(ModelPart.TEXT_ENCODER)));
        if (has(ModelPart.TEXT_ENCODER_2)) {
            textEncoders.put(ModelPart.TEXT_ENCODER_2, TextEncoderConfig.of(config(ModelPart.TEXT_ENCODER_2)));
        }
        this.scheduler = scheduler(ConfigFile.read(root.resolve(SCHEDULER).resolve("scheduler_config.json")));
    }

    /**
     * Opens a model's folder.
     *
     * @param root the folder that holds {@code model_index.json}
     * @return the model
     * @throws NotFoundException with {@code unknown-model} if there is no model in the folder; with {@code
     *     model-file-missing} if it lacks a file
     * @throws CorruptDataException with {@code model-file-corrupt} if a file is damaged or its configuration absurd; with
     *     {@code model-shape-mismatch} if its configuration files contradict each other
     */
    public static ModelFolder open(Path root) {
        if (!Files.isRegularFile(root.resolve(INDEX))) {
            throw new NotFoundException(
                    ErrorCode.UNKNOWN_MODEL,
                    "There is no model in " + root + ": it has no " + INDEX + "; name the folder of an ONNX export");
        }
        ModelFolder folder = new ModelFolder(root);
        for (ModelPart part : List.of(ModelPart.TEXT_ENCODER, ModelPart.UNET, ModelPart.VAE_DECODER)) {
            requireContent(folder.network(part));
        }
        if (folder.refiner.isPresent()) {
            requireContent(folder.network(ModelPart.REFINER));
        }
        folder.requireConsistency();
        return folder;
    }

    /**
     * Returns where the model is.
     *
     * @return the folder that holds {@code model_index.json}
     */
    public Path root() {
        return root;
    }

    /**
     * Returns the name of the pipeline in diffusers that the model is made for.
     *
     * @return the class name, such as {@code StableDiffusionPipeline}; empty if the model does not say
     */
    public String pipelineClass() {
        return pipelineClass;
    }

    /**
     * Returns the family of networks that the model belongs to; style models fit the models of one family.
     *
     * @return {@code stable-diffusion-1}, {@code stable-diffusion-2} or {@code stable-diffusion-xl} where the widths are
     *     theirs, otherwise a name made of the widths of the text embeddings and of the latents
     */
    public String architecture() {
        int text = unet.crossAttentionDim();
        int latents = vae.latentChannels();
        if (latents == 4 && has(ModelPart.TEXT_ENCODER_2) && text == 2048) {
            return "stable-diffusion-xl";
        }
        if (latents == 4 && text == 1024) {
            return "stable-diffusion-2";
        }
        if (latents == 4 && text == 768) {
            return "stable-diffusion-1";
        }
        return "latent-diffusion-" + text + "-" + latents;
    }

    /**
     * Tells whether an absent negative prompt means embeddings of zeros instead of those of the empty text.
     *
     * @return what {@code force_zeros_for_empty_prompt} says
     */
    public boolean zerosForEmptyPrompt() {
        return zerosForEmptyPrompt;
    }

    /**
     * Returns what the denoising network is like.
     *
     * @return its configuration
     */
    public UnetConfig unet() {
        return unet;
    }

    /**
     * Returns what the second denoising network is like, which may take over from the first.
     *
     * @return its configuration; empty if the model has none
     */
    public Optional<UnetConfig> refiner() {
        return refiner;
    }

    /**
     * Returns what the autoencoder is like.
     *
     * @return its configuration
     */
    public VaeConfig vae() {
        return vae;
    }

    /**
     * Returns what a text encoder is like.
     *
     * @param part {@link ModelPart#TEXT_ENCODER} or {@link ModelPart#TEXT_ENCODER_2}
     * @return its configuration, or nothing if the model has no such encoder
     */
    public Optional<TextEncoderConfig> textEncoder(ModelPart part) {
        return Optional.ofNullable(textEncoders.get(part));
    }

    /**
     * Returns the model's own noise schedule and solver.
     *
     * @return the scheduler's configuration
     */
    public SchedulerConfig scheduler() {
        return scheduler;
    }

    /**
     * Tells whether the model has a part.
     *
     * @param part the part
     * @return true if there is a folder for it
     */
    public boolean has(ModelPart part) {
        return Files.isDirectory(root.resolve(part.folder()));
    }

    /**
     * Returns the file of a part's network.
     *
     * @param part the part
     * @return the path, whether there is such a file or not
     */
    public Path network(ModelPart part) {
        return root.resolve(part.folder()).resolve(NETWORK);
    }

    /**
     * Lists the networks that steer the denoising by control pictures.
     *
     * @return their names, which are those of their folders, in alphabetical order; empty if the model has none
     */
    public List<String> controlNetworks() {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> CONTROL_NETWORK.matcher(name).matches())
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(root, e);
        }
    }

    /**
     * Returns the file of a control network.
     *
     * @param name one of {@link #controlNetworks}
     * @return the path
     */
    public Path controlNetwork(String name) {
        return root.resolve(name).resolve(NETWORK);
    }

    /**
     * Returns the folder of the tokenizer that belongs to a text encoder.
     *
     * @param part {@link ModelPart#TEXT_ENCODER} or {@link ModelPart#TEXT_ENCODER_2}
     * @return the path
     * @throws IllegalArgumentException if the part is no text encoder
     */
    public Path tokenizer(ModelPart part) {
        return switch (part) {
            case TEXT_ENCODER -> root.resolve(TOKENIZER);
            case TEXT_ENCODER_2 -> root.resolve(TOKENIZER_2);
            default -> throw new IllegalArgumentException(part.folder() + " has no tokenizer");
        };
    }

    /**
     * Returns what the width and height of pictures must be multiples of.
     *
     * @return a number of pixels: the autoencoder's factor times the denoising network's, or its refiner's if that is larger
     */
    public int sizeMultiple() {
        int refining = refiner.map(UnetConfig::scaleFactor).orElse(1);
        return vae.scaleFactor() * Math.max(unet.scaleFactor(), refining);
    }

    /**
     * Returns every file that determines the model's results, with its digest. The first call reads them all; later ones
     * repeat its answer.
     *
     * @return the files, sorted by path
     * @throws StorageException if a file cannot be read
     * @throws CorruptDataException if there are more than {@value #MAX_FILES} files
     */
    public List<ModelFile> files() {
        synchronized (hashing) {
            if (files == null) {
                files = paths().stream().map(this::hash).toList();
            }
            return files;
        }
    }

    private List<Path> paths() {
        List<Path> paths = new ArrayList<>(List.of(root.resolve(INDEX)));
        List<String> folders = new ArrayList<>(List.of(SCHEDULER, TOKENIZER, TOKENIZER_2));
        for (ModelPart part : ModelPart.values()) {
            folders.add(part.folder());
        }
        folders.addAll(controlNetworks());
        for (String name : folders) {
            Path folder = root.resolve(name);
            if (Files.isDirectory(folder)) {
                paths.addAll(used(folder));
            }
        }
        if (paths.size() > MAX_FILES) {
            throw new CorruptDataException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "The model in " + root + " has more than " + MAX_FILES + " files; name the folder of one model");
        }
        paths.sort(Comparator.comparing(this::relative));
        return paths;
    }

    private static List<Path> used(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            !UNUSED.matcher(file.getFileName().toString()).matches() && Files.isRegularFile(file))
                    .limit(MAX_FILES + 1L)
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(folder, e);
        }
    }

    private String relative(Path path) {
        return root.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
    }

    private ModelFile hash(Path path) {
        MessageDigest digest = Bytes.newSha256();
        long size = 0;
        try (InputStream in = Files.newInputStream(path)) {
            byte[] buffer = new byte[BUFFER];
            int read;
            while ((read = in.read(buffer)) > 0) {
                digest.update(buffer, 0, read);
                size += read;
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        return new ModelFile(relative(path), size, Bytes.of(digest.digest()));
    }

    private ConfigFile config(ModelPart part) {
        return ConfigFile.read(root.resolve(part.folder()).resolve(CONFIG));
    }

    private void requireConsistency() {
        if (unet.inChannels() < vae.latentChannels()) {
            throw contradiction(
                    ModelPart.UNET,
                    "in_channels = " + unet.inChannels(),
                    ModelPart.VAE_DECODER,
                    "latent_channels = " + vae.latentChannels());
        }
        int width = 0;
        for (TextEncoderConfig encoder : textEncoders.values()) {
            width += encoder.hiddenSize();
        }
        if (width != unet.crossAttentionDim()) {
            throw contradiction(
                    ModelPart.UNET,
                    "cross_attention_dim = " + unet.crossAttentionDim(),
                    ModelPart.TEXT_ENCODER,
                    "a hidden_size (that of all text encoders together) of " + width);
        }
        if (refiner.isPresent()) {
            requireRefinerFits(refiner.get(), width);
        }
    }

    /** A refiner takes what the base takes, or of the text embeddings those of the last encoder alone. */
    private void requireRefinerFits(UnetConfig config, int width) {
        if (config.inChannels() != vae.latentChannels() || config.outChannels() != vae.latentChannels()) {
            throw contradiction(
                    ModelPart.REFINER,
                    "in_channels = " + config.inChannels() + ", out_channels = " + config.outChannels(),
                    ModelPart.VAE_DECODER,
                    "latent_channels = " + vae.latentChannels());
        }
        ModelPart last = has(ModelPart.TEXT_ENCODER_2) ? ModelPart.TEXT_ENCODER_2 : ModelPart.TEXT_ENCODER;
        TextEncoderConfig encoder = textEncoder(last).orElseThrow();
        if (config.crossAttentionDim() != width && config.crossAttentionDim() != encoder.hiddenSize()) {
            throw contradiction(
                    ModelPart.REFINER,
                    "cross_attention_dim = " + config.crossAttentionDim(),
                    last,
                    "a hidden_size of " + encoder.hiddenSize());
        }
        if (config.takesTextAndTime() && last != ModelPart.TEXT_ENCODER_2) {
            throw contradiction(ModelPart.REFINER, "addition_embed_type = text_time", last, "no pooled embedding");
        }
    }

    private CorruptDataException contradiction(ModelPart one, String value, ModelPart other, String otherValue) {
        return new CorruptDataException(
                ErrorCode.MODEL_SHAPE_MISMATCH,
                "The model in " + root + " contradicts itself: " + one.folder() + "/" + CONFIG + " has " + value
                        + ", but " + other.folder() + "/" + CONFIG + " has " + otherValue
                        + "; fetch or export the model again");
    }

    private static SchedulerConfig scheduler(ConfigFile file) {
        try {
            return SchedulerConfig.of(file.members());
        } catch (InvalidInputException e) {
            throw file.invalid("_class_name", "the name of a scheduler");
        }
    }

    private static void requireContent(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new NotFoundException(
                        ErrorCode.MODEL_FILE_MISSING,
                        "The model's file " + file + " is missing; fetch or export the model again");
            }
            if (Files.size(file) == 0) {
                throw new CorruptDataException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        "The model's file " + file + " is empty; fetch or export the model again");
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static DreamException unreadable(Path path, Exception e) {
        return new StorageException(
                ErrorCode.STORE_FAILED, "The model's file " + path + " cannot be read; check its permissions", e);
    }
}
