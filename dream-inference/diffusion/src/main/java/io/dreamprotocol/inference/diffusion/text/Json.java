package io.dreamprotocol.inference.diffusion.text;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Typed access to parsed JSON, in which a value of another type than expected is a malformed file. */
final class Json {
    private Json() {}

    static Map<String, Object> object(byte[] json, String name) throws MalformedTokenizerException {
        try {
            return JSON.std.mapFrom(json);
        } catch (IOException e) {
            throw new MalformedTokenizerException(name + " is not a whole JSON object");
        }
    }

    static Map<?, ?> object(@Nullable Object value, String name) throws MalformedTokenizerException {
        if (value instanceof Map<?, ?> object) {
            return object;
        }
        throw new MalformedTokenizerException(name + " is not a JSON object");
    }

    static List<?> list(@Nullable Object value, String name) throws MalformedTokenizerException {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new MalformedTokenizerException(name + " is not a JSON array");
    }

    static String text(@Nullable Object value, String name) throws MalformedTokenizerException {
        if (value instanceof String text && !text.isEmpty()) {
            return text;
        }
        throw new MalformedTokenizerException(name + " is not a text");
    }

    static int id(@Nullable Object value) throws MalformedTokenizerException {
        if (value instanceof Integer id && id >= 0 && id < TokenTable.MAX_TOKENS) {
            return id;
        }
        throw new MalformedTokenizerException("a token's id is not a whole number below " + TokenTable.MAX_TOKENS);
    }
}
