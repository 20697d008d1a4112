package io.dreamprotocol.inference.diffusion.text;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a tokenizer's folder as Hugging Face's libraries save it, in the older form and the newer one. */
final class TokenizerFolder {
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String ADDED_TOKENS = "added_tokens.json";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String ROLES = "special_tokens_map.json";

    /** Larger than any tokenizer's file; such a file is not read into memory. */
    private static final int MAX_FILE_BYTES = 64 << 20;

    private final Path folder;

    TokenizerFolder(Path folder) {
        this.folder = folder;
    }

    ClipTokenizer read() {
        try {
            return readFiles();
        } catch (MalformedTokenizerException e) {
            throw new CorruptDataException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "The tokenizer in " + folder + " is damaged (" + e.getMessage() + "): fetch the model again",
                    e);
        }
    }

    private ClipTokenizer readFiles() throws MalformedTokenizerException {
        TokenTable tokens = new TokenTable();
        SpecialTokens specials = new SpecialTokens();
        BytePairEncoder encoder;
        if (has(VOCABULARY) && has(MERGES)) {
            VocabularyJson.read(bytes(VOCABULARY), tokens);
            encoder = new BytePairEncoder(tokens);
            MergesText.read(bytes(MERGES), encoder);
        } else if (has(TOKENIZER)) {
            TokenizerJson json = new TokenizerJson(Json.object(bytes(TOKENIZER), TOKENIZER));
            json.readVocabulary(tokens);
            encoder = new BytePairEncoder(tokens);
            json.readMerges(encoder);
            json.readAddedTokens(specials);
        } else {
            throw new NotFoundException(
                    ErrorCode.MODEL_FILE_MISSING,
                    "No tokenizer in " + folder + ": add the model's vocab.json and merges.txt, or its tokenizer.json");
        }
        if (has(ADDED_TOKENS)) {
            specials.readAddedTokens(Json.object(bytes(ADDED_TOKENS), ADDED_TOKENS));
        }
        if (has(CONFIG)) {
            specials.readConfig(Json.object(bytes(CONFIG), CONFIG));
        }
        if (has(ROLES)) {
            specials.readRoles(Json.object(bytes(ROLES), ROLES));
        }
        return specials.tokenizer(tokens, encoder);
    }

    private boolean has(String name) {
        return Files.exists(folder.resolve(name));
    }

    private byte[] bytes(String name) throws MalformedTokenizerException {
        Path file = folder.resolve(name);
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new MalformedTokenizerException(name + " has more than " + MAX_FILE_BYTES + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "Cannot read " + file + ": make it a file that you may read", e);
        }
    }
}
