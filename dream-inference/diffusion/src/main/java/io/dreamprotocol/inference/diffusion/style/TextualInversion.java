package io.dreamprotocol.inference.diffusion.style;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.weights.SafetensorsFile;
import io.dreamprotocol.inference.diffusion.weights.StoredTensor;
import io.dreamprotocol.inference.diffusion.weights.WebUiHashes;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A word that is not in a model's vocabulary, with the embeddings that stand for it in a prompt. Immutable and thread-safe.
 */
public final class TextualInversion {
    /** The most vectors of one word: as many tokens as a CLIP text encoder takes between the marks for begin and end. */
    public static final int MAX_VECTORS = 75;

    private static final int MAX_TOKEN = 128;
    private static final String EXTENSION = ".safetensors";

    /** The name of the tensor in the web UI's files, which leave the word to the file's own name. */
    private static final String WEB_UI = "emb_params";

    /** The names of the tensors in files for SDXL, which has two text encoders. */
    private static final Map<String, ModelPart> TWO_ENCODERS =
            Map.of("clip_l", ModelPart.TEXT_ENCODER, "clip_g", ModelPart.TEXT_ENCODER_2);

    private final Path file;
    private final WebUiHashes hashes;
    private final String token;
    private final int vectors;
    private final Map<ModelPart, float[]> values;

    private TextualInversion(Path file, WebUiHashes hashes, String token, int vectors, Map<ModelPart, float[]> values) {
        this.file = file;
        this.hashes = hashes;
        this.token = token;
        this.vectors = vectors;
        this.values = values;
    }

    /**
     * Reads an embedding under its own word: the name of the tensor in a file that diffusers wrote, or the name of the file
     * in the web UI's manner.
     *
     * @param file a {@code .safetensors} file
     * @return the embedding
     * @throws NotFoundException with {@code model-file-missing} if there is no such file
     * @throws UnsupportedException if it is a pickled file, or holds no embedding
     * @throws CorruptDataException with {@code model-file-corrupt} if it is malformed
     * @throws StorageException if it cannot be read
     */
    public static TextualInversion load(Path file) {
        try (SafetensorsFile weights = SafetensorsFile.open(file)) {
            Set<String> names = weights.tensors().keySet();
            boolean named = names.size() == 1 && !names.contains(WEB_UI);
            return read(weights, named ? names.iterator().next() : fileName(file));
        }
    }

    /**
     * Reads an embedding under a word of the caller's choice.
     *
     * @param file a {@code .safetensors} file
     * @param token the word that stands for it in prompts, in any case of letters; 1 to 128 characters
     * @return the embedding
     * @throws InvalidInputException with {@code invalid-request} if the word is blank or too long
     * @throws NotFoundException with {@code model-file-missing} if there is no such file
     * @throws UnsupportedException if it is a pickled file, or holds no embedding
     * @throws CorruptDataException with {@code model-file-corrupt} if it is malformed
     * @throws StorageException if it cannot be read
     */
    public static TextualInversion load(Path file, String token) {
        requireWord(token);
        try (SafetensorsFile weights = SafetensorsFile.open(file)) {
            return read(weights, token);
        }
    }

    private static TextualInversion read(SafetensorsFile weights, String token) {
        requireWord(token);
        Map<String, StoredTensor> tensors = weights.tensors();
        Map<ModelPart, float[]> values = new EnumMap<>(ModelPart.class);
        int vectors = 0;
        for (StoredTensor tensor : tensors.values()) {
            ModelPart part = tensors.size() == 1 ? ModelPart.TEXT_ENCODER : TWO_ENCODERS.get(tensor.name());
            if (part == null) {
                throw noEmbedding(weights);
            }
            int count = vectors(weights, tensor);
            if (vectors != 0 && vectors != count) {
                throw malformed(weights, "has different numbers of vectors for the two text encoders");
            }
            vectors = count;
            values.put(part, weights.floats(tensor.name()));
        }
        if (values.isEmpty()) {
            throw noEmbedding(weights);
        }
        return new TextualInversion(weights.path(), weights.hashes(), token, vectors, values);
    }

    private static int vectors(SafetensorsFile weights, StoredTensor tensor) {
        int rank = tensor.shape().rank();
        if ((rank != 1 && rank != 2) || tensor.elements() == 0 || tensor.elements() > Integer.MAX_VALUE) {
            throw noEmbedding(weights);
        }
        long count = rank == 1 ? 1 : tensor.shape().dimension(0);
        if (count > MAX_VECTORS) {
            throw malformed(
                    weights, "has " + count + " vectors, more than the " + MAX_VECTORS + " that a prompt could hold");
        }
        return (int) count;
    }

    /**
     * Returns where the embedding was read from.
     *
     * @return the file
     */
    public Path file() {
        return file;
    }

    /**
     * Returns the hashes of the file as it was read.
     *
     * @return the hashes
     */
    public WebUiHashes hashes() {
        return hashes;
    }

    /**
     * Returns the word that stands for it in prompts.
     *
     * @return the word; letters of either case match
     */
    public String token() {
        return token;
    }

    /**
     * Returns as how many tokens the word counts.
     *
     * @return the number of vectors, 1 to {@value #MAX_VECTORS}
     */
    public int vectors() {
        return vectors;
    }

    /**
     * Returns the text encoders that it has vectors for.
     *
     * @return one text encoder, or both of SDXL
     */
    public Set<ModelPart> parts() {
        return Set.copyOf(values.keySet());
    }

    /** The vectors for one text encoder, one after another: shared, not copied. Empty if there are none for it. */
    float[] values(ModelPart part) {
        return values.getOrDefault(part, new float[0]);
    }

    private static String fileName(Path file) {
        Path last = file.getFileName();
        String name = last == null ? "" : last.toString();
        return name.toLowerCase(Locale.ROOT).endsWith(EXTENSION)
                ? name.substring(0, name.length() - EXTENSION.length())
                : name;
    }

    private static void requireWord(String token) {
        if (token.isBlank() || token.length() > MAX_TOKEN) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "The word for a textual inversion has 1 to " + MAX_TOKEN + " characters, not " + token.length());
        }
    }

    private static UnsupportedException noEmbedding(SafetensorsFile weights) {
        String names = weights.tensors().keySet().stream()
                .limit(3)
                .map(SafetensorsFile::shown)
                .collect(Collectors.joining(", "));
        return new UnsupportedException(
                ErrorCode.UNSUPPORTED,
                "The file " + weights.path() + " holds no textual inversion embedding but "
                        + weights.tensors().size() + " tensors (" + names + "); use the embedding's own file");
    }

    private static CorruptDataException malformed(SafetensorsFile weights, String what) {
        return new CorruptDataException(
                ErrorCode.MODEL_FILE_CORRUPT,
                "The textual inversion " + weights.path() + " " + what + "; fetch it again");
    }
}
