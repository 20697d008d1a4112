package io.dreamprotocol.core.style;

import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.storage.Cid;
import java.util.Objects;

/**
 * One file of a style model, and where it lies.
 *
 * @param file its path, size and SHA-256 digest, always of the content that runs, never of a sealed form
 * @param cid the blob that holds it; of a sealed model, its sealed form
 */
public record StyleFile(ModelFile file, Cid cid) {
    /** Checks that every part is there. */
    public StyleFile {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(cid, "cid");
    }
}
