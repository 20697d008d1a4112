package io.dreamprotocol.inference.webui;

import io.dreamprotocol.inference.diffusion.weights.WebUiHashes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * By which file an image's generation parameters say that a style model or a word of its own was: {@code Lora hashes} and {@code TI
 * hashes}.
 *
 * @param kind what it is
 * @param name the name that the prompt has for it
 * @param digits the first hexadecimal digits of one of its file's hashes, in lower case; at least {@value #LEAST_DIGITS}
 */
public record StyleHash(Kind kind, String name, String digits) {
    /** The fewest digits that say anything. */
    public static final int LEAST_DIGITS = 8;

    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{" + LEAST_DIGITS + ",64}");

    /** What a hash belongs to. */
    public enum Kind {
        /** A LoRA, which {@code <lora:name:weight>} asks for. */
        STYLE,
        /** A textual inversion, which its word asks for. */
        WORD
    }

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if the digits are none
     */
    public StyleHash {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        if (!DIGITS.matcher(digits).matches()) {
            throw new IllegalArgumentException("These are no digits of a hash: " + digits);
        }
    }

    /**
     * Tells whether a file is the one. The web UI's versions took the hash of the whole file or of its tensors, or one that the
     * file states itself, and more or fewer of its digits.
     *
     * @param file a file's hashes
     * @return true if one of them begins with the digits
     */
    public boolean matches(WebUiHashes file) {
        return file.sha256().startsWith(digits)
                || file.legacyHash().startsWith(digits)
                || begins(file.addNetHash())
                || begins(file.loraHash());
    }

    private boolean begins(Optional<String> hash) {
        return hash.filter(text -> text.startsWith(digits) || digits.startsWith(text))
                .isPresent();
    }

    /**
     * Reads a list of names and hashes.
     *
     * @throws IllegalArgumentException if it is none
     */
    static List<StyleHash> parse(Kind kind, String list) {
        List<StyleHash> hashes = new ArrayList<>();
        for (String pair : list.split(",", -1)) {
            int colon = pair.lastIndexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("this is no list of names and hashes");
            }
            hashes.add(new StyleHash(
                    kind,
                    pair.substring(0, colon).strip(),
                    pair.substring(colon + 1).strip().toLowerCase(Locale.ROOT)));
        }
        return hashes;
    }
}
