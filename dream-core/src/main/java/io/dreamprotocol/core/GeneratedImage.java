package io.dreamprotocol.core;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.receipt.SealedImage;
import io.dreamprotocol.core.storage.Cid;
import java.util.Objects;

/**
 * An image that a job made, verified: its file, how it was made, and what it cost.
 *
 * @param job the job, in its state when the image was fetched
 * @param cid the file's CID in the blob store
 * @param sealed the file with its request and receipt, already checked
 */
public record GeneratedImage(Job job, Cid cid, SealedImage sealed) {
    /** Checks that every part is there. */
    public GeneratedImage {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(cid, "cid");
        Objects.requireNonNull(sealed, "sealed");
    }

    /**
     * Returns the PNG file, with parameters and receipt.
     *
     * @return the file's bytes
     */
    public Bytes png() {
        return Bytes.of(sealed.file().toBytes());
    }

    /**
     * Returns the picture.
     *
     * @return the pixels
     */
    public RgbImage pixels() {
        return PngPixels.decode(sealed.file());
    }
}
