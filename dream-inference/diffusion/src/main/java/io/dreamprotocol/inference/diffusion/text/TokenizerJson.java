package io.dreamprotocol.inference.diffusion.text;

import java.util.List;
import java.util.Map;

/** The contents of {@code tokenizer.json}, which has vocabulary, merges and added tokens in one file. */
final class TokenizerJson {
    private final Map<?, ?> json;
    private final Map<?, ?> model;

    TokenizerJson(Map<String, Object> json) throws MalformedTokenizerException {
        this.json = json;
        this.model = Json.object(json.get("model"), "model in tokenizer.json");
        if (!"BPE".equals(model.get("type")) || !"</w>".equals(model.get("end_of_word_suffix"))) {
            throw new MalformedTokenizerException("tokenizer.json is not of a CLIP text encoder");
        }
    }

    void readVocabulary(TokenTable tokens) throws MalformedTokenizerException {
        for (Map.Entry<?, ?> token :
                Json.object(model.get("vocab"), "vocab in tokenizer.json").entrySet()) {
            tokens.put(TokenTable.hash((String) token.getKey()), Json.id(token.getValue()));
        }
    }

    void readMerges(BytePairEncoder encoder) throws MalformedTokenizerException {
        for (Object merge : Json.list(model.get("merges"), "merges in tokenizer.json")) {
            // Newer files write a merge as a pair, older ones as one text with a space.
            List<?> pair = merge instanceof String text ? List.of(text.split(" ", -1)) : Json.list(merge, "a merge");
            if (pair.size() != 2) {
                throw new MalformedTokenizerException("a merge in tokenizer.json is not of two tokens");
            }
            String left = Json.text(pair.get(0), "a merge's token");
            String right = Json.text(pair.get(1), "a merge's token");
            encoder.addMerge(TokenTable.hash(left), TokenTable.hash(right), TokenTable.hash(left + right));
        }
    }

    void readAddedTokens(SpecialTokens specials) throws MalformedTokenizerException {
        Object tokens = json.get("added_tokens");
        if (tokens != null) {
            for (Object token : Json.list(tokens, "added_tokens in tokenizer.json")) {
                Map<?, ?> options = Json.object(token, "an added token");
                specials.add(options, Json.id(options.get("id")));
            }
        }
    }
}
