package io.dreamprotocol.inference.hub;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JSON object from outside, of which nothing is taken for granted. */
final class HubJson {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_TEXT = 1 << 20;

    private static final JSON READER = JSON.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(MAX_TEXT)
                            .build())
                    .build())
            .build();

    private final Map<?, ?> members;

    private HubJson(Map<?, ?> members) {
        this.members = members;
    }

    /**
     * Reads an object.
     *
     * @throws IOException if it is none
     */
    static HubJson read(byte[] json) throws IOException {
        Map<String, Object> members = READER.mapFrom(json);
        if (members == null) {
            throw new IOException("no JSON object");
        }
        return new HubJson(members);
    }

    static byte[] write(Map<String, ?> members) throws IOException {
        return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asBytes(members);
    }

    boolean has(String key) {
        return members.containsKey(key);
    }

    @Nullable
    Object get(String key) {
        return members.get(key);
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

    Optional<HubJson> object(String key) {
        return members.get(key) instanceof Map<?, ?> map ? Optional.of(new HubJson(map)) : Optional.empty();
    }

    /** The objects of a list; nothing if it is no list, or one with anything else in it. */
    Optional<List<HubJson>> objects(String key) {
        if (!(members.get(key) instanceof List<?> list)) {
            return Optional.empty();
        }
        List<HubJson> objects = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> map)) {
                return Optional.empty();
            }
            objects.add(new HubJson(map));
        }
        return Optional.of(objects);
    }

    /** The texts of a list, or a single one; what else it holds is left out. */
    List<String> texts(String key) {
        Object value = members.get(key);
        List<?> list =
                value instanceof List<?> several ? several : value instanceof String ? List.of(value) : List.of();
        return list.stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }
}
