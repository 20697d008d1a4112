package io.dreamprotocol.core.image;

import io.dreamprotocol.core.encoding.Bytes;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A model named beyond doubt: a readable name, and the digest of its files.
 *
 * <p>Two models may share a name; a request, a receipt and a worker's offer always mean the digest.
 *
 * @param name the name that people use, 1 to 128 letters, digits, dots, dashes, underscores or slashes
 * @param digest SHA-256 over the canonical list of the model's files ({@link ModelFile#digestOf})
 */
public record ModelId(String name, Bytes digest) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/@+-]{0,127}");

    /** Checks the parts. */
    public ModelId {
        Objects.requireNonNull(name, "name");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Not a model name: " + name);
        }
        if (digest.length() != 32) {
            throw new IllegalArgumentException("A model's digest has 32 bytes, not " + digest.length());
        }
    }

    /** Returns the name and the first digits of the digest. */
    @Override
    public String toString() {
        return name + "@" + digest.toHex().substring(0, 12);
    }
}
