package io.dreamprotocol.core.storage;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names of one folder, as far as they mean the same on every system: none leads out of its folder, none is a device or a stream to
 * Windows, and no two are one to a system that does not tell case or normalisation apart. Not thread-safe.
 */
public final class SafeNames {
    private static final int MAX_NAME_BYTES = 255;
    private static final int MAX_SHOWN = 80;
    private static final Pattern DEVICE = Pattern.compile("(?:CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(?:\\..*)?");

    private final Set<String> folded = new HashSet<>();

    /** Starts with an empty folder. */
    public SafeNames() {}

    /**
     * Adds a name.
     *
     * @param name the name of a file or folder in this folder
     * @return what is wrong with it, in words; empty if it was added
     */
    public Optional<String> add(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            return Optional.of("the name " + shown(name) + " would lead out of the folder");
        }
        if (name.codePoints().anyMatch(SafeNames::isForbidden)) {
            return Optional.of("the name " + shown(name) + " has a letter that no file may have everywhere");
        }
        if (name.endsWith(".") || name.endsWith(" ")) {
            return Optional.of("the name " + shown(name) + " ends with what some systems leave out");
        }
        if (DEVICE.matcher(name.toUpperCase(Locale.ROOT)).matches()) {
            return Optional.of("the name " + shown(name) + " is a device to some systems");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            return Optional.of("the name " + shown(name) + " has more than " + MAX_NAME_BYTES + " bytes");
        }
        if (!folded.add(fold(name))) {
            return Optional.of("the name " + shown(name) + " differs from another only by case or normalisation");
        }
        return Optional.empty();
    }

    private static boolean isForbidden(int letter) {
        return Character.isISOControl(letter)
                || Character.getType(letter) == Character.SURROGATE
                || "/\\:<>\"|?*".indexOf(letter) >= 0;
    }

    /** Upper case first, for some letters, such as the German sharp s, have the same one and different lower ones. */
    private static String fold(String name) {
        String composed = Normalizer.normalize(name, Normalizer.Form.NFKC);
        String lower = composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return Normalizer.normalize(lower, Normalizer.Form.NFKC);
    }

    /** A name as a message may show it. */
    static String shown(String name) {
        StringBuilder shown = new StringBuilder("'");
        name.codePoints()
                .limit(MAX_SHOWN)
                .map(letter ->
                        Character.isISOControl(letter) || Character.getType(letter) == Character.FORMAT ? '?' : letter)
                .forEach(shown::appendCodePoint);
        return shown.append('\'').toString();
    }
}
