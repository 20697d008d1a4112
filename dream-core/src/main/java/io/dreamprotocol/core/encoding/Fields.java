package io.dreamprotocol.core.encoding;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.Cid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a decoded DAG-CBOR map, read with their types checked.
 *
 * <p>Fields that a reader does not ask for are ignored, because wire forms are append-only.
 */
public final class Fields {
    private final Map<?, ?> map;
    private final String what;

    private Fields(Map<?, ?> map, String what) {
        this.map = map;
        this.what = what;
    }

    /**
     * Decodes a map.
     *
     * @param encoded canonical DAG-CBOR
     * @param what names the thing in errors, for example {@code receipt}
     * @return its fields
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA}, as every method here
     */
    public static Fields decode(byte[] encoded, String what) {
        if (DagCbor.decode(encoded) instanceof Map<?, ?> map) {
            return new Fields(map, what);
        }
        throw new CorruptDataException(ErrorCode.MALFORMED_DATA, "The " + what + " is no map");
    }

    /**
     * Checks the {@code version} field.
     *
     * @param version the version that is understood
     */
    public void requireVersion(long version) {
        if (number("version") != version) {
            throw new CorruptDataException(
                    ErrorCode.MALFORMED_DATA,
                    "The " + what + " has version " + number("version") + ", and this program reads " + version
                            + "; update it");
        }
    }

    /**
     * Returns a text.
     *
     * @param name the field's name
     * @return its value
     */
    public String text(String name) {
        return get(name, String.class);
    }

    /**
     * Returns a byte string.
     *
     * @param name the field's name
     * @return its value
     */
    public Bytes bytes(String name) {
        return get(name, Bytes.class);
    }

    /**
     * Returns a 64-bit integer.
     *
     * @param name the field's name
     * @return its value
     */
    public long number(String name) {
        return get(name, Long.class);
    }

    /**
     * Returns a 32-bit integer.
     *
     * @param name the field's name
     * @return its value
     */
    public int integer(String name) {
        long value = number(name);
        if (value != (int) value) {
            throw wrong(name);
        }
        return (int) value;
    }

    /**
     * Returns a floating-point number.
     *
     * @param name the field's name
     * @return its value, finite
     */
    public double decimal(String name) {
        return get(name, Double.class);
    }

    /**
     * Returns the fields of a map.
     *
     * @param name the field's name
     * @return its fields
     */
    public Fields map(String name) {
        return new Fields(get(name, Map.class), what + "'s " + name);
    }

    /**
     * Returns the elements of a list of maps.
     *
     * @param name the field's name
     * @return the fields of each
     */
    public List<Fields> maps(String name) {
        List<Fields> elements = new ArrayList<>();
        for (Object element : get(name, List.class)) {
            if (!(element instanceof Map<?, ?> fields)) {
                throw wrong(name);
            }
            elements.add(new Fields(fields, what + "'s " + name));
        }
        return elements;
    }

    /**
     * Returns a list of texts.
     *
     * @param name the field's name
     * @return its elements
     */
    public List<String> texts(String name) {
        List<String> elements = new ArrayList<>();
        for (Object element : get(name, List.class)) {
            if (!(element instanceof String text)) {
                throw wrong(name);
            }
            elements.add(text);
        }
        return elements;
    }

    /**
     * Tells whether a field is there.
     *
     * @param name the field's name
     * @return true if it is
     */
    public boolean has(String name) {
        return map.containsKey(name);
    }

    /**
     * Returns a truth value.
     *
     * @param name the field's name
     * @return its value
     */
    public boolean flag(String name) {
        return get(name, Boolean.class);
    }

    /**
     * Returns a link.
     *
     * @param name the field's name
     * @return its value
     */
    public Cid cid(String name) {
        return get(name, Cid.class);
    }

    /**
     * Returns a link that may be missing.
     *
     * @param name the field's name
     * @return its value, if it is there
     */
    public Optional<Cid> optionalCid(String name) {
        return has(name) ? Optional.of(cid(name)) : Optional.empty();
    }

    /**
     * Returns a list of links.
     *
     * @param name the field's name
     * @return its elements
     */
    public List<Cid> cids(String name) {
        List<Cid> elements = new ArrayList<>();
        for (Object element : get(name, List.class)) {
            if (!(element instanceof Cid cid)) {
                throw wrong(name);
            }
            elements.add(cid);
        }
        return elements;
    }

    /**
     * Returns the fields of a map that may be missing.
     *
     * @param name the field's name
     * @return its fields, if it is there
     */
    public Optional<Fields> optionalMap(String name) {
        return has(name) ? Optional.of(map(name)) : Optional.empty();
    }

    /**
     * Returns the elements of a list of maps that may be missing.
     *
     * @param name the field's name
     * @return the fields of each; empty if the list is missing
     */
    public List<Fields> optionalMaps(String name) {
        return has(name) ? maps(name) : List.of();
    }

    /**
     * Builds a value from fields, turning its own refusal into one of malformed data.
     *
     * @param constructor builds the value, may throw {@link IllegalArgumentException}
     * @param <T> the value's type
     * @return the value
     */
    public <T> T build(Supplier<T> constructor) {
        try {
            return constructor.get();
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException(
                    ErrorCode.MALFORMED_DATA, "The " + what + " is malformed: " + e.getMessage(), e);
        }
    }

    private <T> T get(String name, Class<T> type) {
        @Nullable Object value = map.get(name);
        if (!type.isInstance(value)) {
            throw wrong(name);
        }
        return type.cast(value);
    }

    private CorruptDataException wrong(String name) {
        return new CorruptDataException(
                ErrorCode.MALFORMED_DATA, "The " + what + " lacks the field '" + name + "' or has it in another type");
    }
}
