package io.dreamprotocol.inference.diffusion.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a tokenizer's files say besides the vocabulary: added tokens, which of them play a role, and the length. */
final class SpecialTokens {
    private static final String BOS = "bos_token";
    private static final String EOS = "eos_token";
    private static final String PAD = "pad_token";
    private static final String CLIP_BOS = "<|startoftext|>";
    private static final String CLIP_EOS = "<|endoftext|>";

    /** The context length of every published CLIP text encoder. */
    private static final int CLIP_LENGTH = 77;

    /** Above this, a length is the libraries' way to say that there is none. */
    private static final int MAX_LENGTH = 1 << 16;

    private final Map<String, AddedToken> tokens = new LinkedHashMap<>();
    private final Map<String, Object> roles = new HashMap<>();
    private int length = CLIP_LENGTH;

    /** Reads {@code added_tokens.json}, from texts to ids. */
    void readAddedTokens(Map<String, Object> json) throws MalformedTokenizerException {
        for (Map.Entry<String, Object> entry : json.entrySet()) {
            String content = Json.text(entry.getKey(), "an added token");
            tokens.putIfAbsent(content, new AddedToken(content, Json.id(entry.getValue()), true));
        }
    }

    /** Reads {@code tokenizer_config.json}. */
    void readConfig(Map<String, Object> json) throws MalformedTokenizerException {
        Object decoder = json.get("added_tokens_decoder");
        if (decoder != null) {
            for (Map.Entry<?, ?> entry :
                    Json.object(decoder, "added_tokens_decoder").entrySet()) {
                add(entry.getValue(), id((String) entry.getKey()));
            }
        }
        readRoles(json);
        if (json.get("model_max_length") instanceof Number number && number.doubleValue() <= MAX_LENGTH) {
            length = number.intValue();
            if (length < 2) {
                throw new MalformedTokenizerException("model_max_length is " + length);
            }
        }
    }

    private static int id(String text) throws MalformedTokenizerException {
        try {
            return Json.id(Integer.valueOf(text));
        } catch (NumberFormatException e) {
            throw new MalformedTokenizerException("an added token's id is no number");
        }
    }

    /** Reads {@code special_tokens_map.json}, or the same entries of another file. */
    void readRoles(Map<String, Object> json) {
        for (String role : new String[] {BOS, EOS, PAD}) {
            Object token = json.get(role);
            if (token != null) {
                roles.put(role, token);
            }
        }
    }

    /** Adds a token in the form that the files write it: its text, or an object with its text and options. */
    AddedToken add(Object token, int id) throws MalformedTokenizerException {
        String content = content(token);
        // A bare text is matched before normalisation: so the Python stack reads it.
        boolean normalized = token instanceof Map<?, ?> options && !Boolean.FALSE.equals(options.get("normalized"));
        AddedToken added = new AddedToken(content, id, normalized);
        AddedToken known = tokens.putIfAbsent(content, added);
        return known == null ? added : known;
    }

    private static String content(Object token) throws MalformedTokenizerException {
        Object content = token instanceof Map<?, ?> options ? options.get("content") : token;
        return Json.text(content, "a special token");
    }

    /** Returns the tokenizer, once all files are read. */
    ClipTokenizer tokenizer(TokenTable vocabulary, BytePairEncoder encoder) throws MalformedTokenizerException {
        AddedToken bos = role(BOS, CLIP_BOS, vocabulary);
        AddedToken eos = role(EOS, CLIP_EOS, vocabulary);
        AddedToken pad = role(PAD, eos.content(), vocabulary);
        BitSet known = encoder.reachable();
        tokens.values().forEach(token -> known.set(token.id()));
        int missing = vocabulary.countOutside(known);
        if (missing > 0) {
            throw new MalformedTokenizerException("merges are missing for " + missing + " tokens");
        }
        return new ClipTokenizer(
                vocabulary, encoder, new ArrayList<>(tokens.values()), bos.id(), eos.id(), pad.id(), length);
    }

    private AddedToken role(String role, String otherwise, TokenTable vocabulary) throws MalformedTokenizerException {
        Object token = roles.getOrDefault(role, otherwise);
        String content = content(token);
        AddedToken known = tokens.get(content);
        if (known != null) {
            return known;
        }
        int id = vocabulary.id(content);
        if (id == TokenTable.ABSENT) {
            throw new MalformedTokenizerException(role + " " + content + " is not in the vocabulary");
        }
        return add(token, id);
    }
}
