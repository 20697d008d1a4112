package io.dreamprotocol.core.style;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.storage.Cid;
import java.util.Objects;
import java.util.Optional;

/**
 * The commitment to who contributed images to a style model, and how much each counts.
 *
 * @param root the root of the {@link io.dreamprotocol.core.merkle.MerkleTree} over the {@link Contribution}s
 * @param count how many contributors there are, at least 1
 * @param totalWeight the sum of all weights, at least 1
 * @param list where the whole list lies, from which anyone can make the proofs
 */
public record ContributorsRoot(Bytes root, long count, long totalWeight, Optional<Cid> list) {
    /**
     * Checks the ranges.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONTRIBUTIONS}
     */
    public ContributorsRoot {
        Objects.requireNonNull(list, "list");
        if (root.length() != 32 || count < 1 || totalWeight < count) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONTRIBUTIONS,
                    "A contributors' root has 32 bytes, one contributor at least, and a total weight of one for each");
        }
    }
}
