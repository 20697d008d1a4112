package io.dreamprotocol.storage.ipfs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON object from outside, of which nothing is taken for granted. */
final class Json {
    static final Json EMPTY = new Json(Map.of());

    private static final int MAX_DEPTH = 32;
    private static final int MAX_TEXT = 1 << 16;

    private static final JSON READER = JSON.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(MAX_TEXT)
                            .build())
                    .build())
            .build();

    private final Map<?, ?> members;

    private Json(Map<?, ?> members) {
        this.members = members;
    }

    /**
     * Reads an object.
     *
     * @throws IOException if it is none
     */
    static Json read(byte[] json) throws IOException {
        Map<String, Object> members = READER.mapFrom(json);
        if (members == null) {
            throw new IOException("no JSON object");
        }
        return new Json(members);
    }

    Optional<String> text(String key) {
        return members.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** A whole number that is not negative. */
    Optional<Long> size(String key) {
        return members.get(key) instanceof Number number
                        && (number instanceof Integer || number instanceof Long)
                        && number.longValue() >= 0
                ? Optional.of(number.longValue())
                : Optional.empty();
    }

    Optional<Json> object(String key) {
        return members.get(key) instanceof Map<?, ?> map ? Optional.of(new Json(map)) : Optional.empty();
    }

    /** The objects of a list; nothing if it is no list, or one with anything else in it. */
    Optional<List<Json>> objects(String key) {
        if (!(members.get(key) instanceof List<?> list)) {
            return Optional.empty();
        }
        List<Json> objects = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> map)) {
                return Optional.empty();
            }
            objects.add(new Json(map));
        }
        return Optional.of(objects);
    }
}
