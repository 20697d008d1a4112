package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.storage.Cid;
import java.util.Objects;

/**
 * A worker's result.
 *
 * @param image the CID of the image file, which carries the receipt
 * @param receipt the CID of the signed receipt's bytes
 */
public record Delivery(Cid image, Cid receipt) {
    /** Checks that every part is there. */
    public Delivery {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(receipt, "receipt");
    }
}
