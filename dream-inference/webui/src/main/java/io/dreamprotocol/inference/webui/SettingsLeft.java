package io.dreamprotocol.inference.webui;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.Infotext;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pairs of an info text that nobody has taken yet, and notes of those that could not be met. */
final class SettingsLeft {
    private static final Pattern COUNT = Pattern.compile("\\d{1,10}");
    private static final Pattern SEED = Pattern.compile("\\d{1,20}");
    private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?([eE]-?\\d{1,3})?");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})x(\\d{1,9})");

    private final Map<String, String> left;
    private final List<UnmetSetting> unmet = new ArrayList<>();

    SettingsLeft(Infotext text) {
        left = new LinkedHashMap<>(text.fields());
        // The web UI leaves values empty that it does not know.
        left.values().removeIf(String::isBlank);
    }

    /** Two sides in pixels. */
    record Sides(int width, int height) {}

    boolean has(String name) {
        return left.containsKey(name);
    }

    /** Returns a setting's value, or an empty text, and leaves it where it is. */
    String peek(String name) {
        return left.getOrDefault(name, "");
    }

    void put(String name, String value) {
        left.put(name, value);
    }

    void drop(String name) {
        left.remove(name);
    }

    boolean any(String beginning) {
        return left.keySet().stream().anyMatch(name -> name.startsWith(beginning));
    }

    /** Takes a setting. */
    Optional<String> take(String name) {
        return Optional.ofNullable(left.remove(name));
    }

    /**
     * Takes a setting and puts its value into something. A value that cannot be put there is noted, with what the reader or the
     * thing itself says against it.
     */
    <T> T into(T target, String name, Change<T> change) {
        Optional<String> value = take(name);
        if (value.isEmpty()) {
            return target;
        }
        try {
            return change.apply(target, value.get());
        } catch (DreamException | IllegalArgumentException e) {
            miss(name, value.get(), String.valueOf(e.getMessage()));
            return target;
        }
    }

    /** Puts a setting's value into something. */
    interface Change<T> {
        T apply(T target, String value);
    }

    /** Reads a setting that is well-formed, and leaves it where it is. */
    <T> Optional<T> peek(String name, Function<String, T> reader) {
        try {
            return Optional.ofNullable(left.get(name)).map(reader);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    void miss(String name, String value, String reason) {
        unmet.add(new UnmetSetting(name, value, reason));
    }

    /** Visits what is left. */
    void rest(BiConsumer<String, String> visitor) {
        left.forEach(visitor);
    }

    List<UnmetSetting> unmet() {
        return unmet;
    }

    static int count(String text) {
        require(
                COUNT.matcher(text).matches() && Long.parseLong(text) <= Integer.MAX_VALUE,
                "this is no whole number in range");
        return Integer.parseInt(text);
    }

    static double decimal(String text) {
        require(DECIMAL.matcher(text).matches(), "this is no number");
        return Double.parseDouble(text);
    }

    static long seed(String text) {
        require(!text.equals("-1"), "it stands for a random seed");
        require(
                SEED.matcher(text).matches() && new BigInteger(text).bitLength() < Long.SIZE,
                "seeds are whole numbers from 0 to " + Long.MAX_VALUE);
        return Long.parseLong(text);
    }

    static Sides sides(String text) {
        Matcher sides = SIZE.matcher(text);
        require(sides.matches(), "this is no size");
        return new Sides(Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)));
    }

    /** Tells whether two values are the same: numbers by what they are, words whatever their case. */
    static boolean same(String one, String other) {
        boolean areNumbers =
                DECIMAL.matcher(one).matches() && DECIMAL.matcher(other).matches();
        return areNumbers ? Double.parseDouble(one) == Double.parseDouble(other) : one.equalsIgnoreCase(other);
    }

    private static void require(boolean allowed, String reason) {
        if (!allowed) {
            throw new IllegalArgumentException(reason);
        }
    }
}
