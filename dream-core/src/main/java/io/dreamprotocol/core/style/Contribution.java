package io.dreamprotocol.core.style;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.List;
import java.util.Objects;

/**
 * How much one contributor's images count in a style model: a leaf of the contributors' tree.
 *
 * @param account the contributor
 * @param weight the weight, 1 and above
 */
public record Contribution(AccountId account, long weight) {
    /**
     * Checks the range.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONTRIBUTIONS}
     */
    public Contribution {
        Objects.requireNonNull(account, "account");
        if (weight < 1) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONTRIBUTIONS, "A contribution's weight is 1 or above, not " + weight);
        }
    }

    /**
     * Returns the leaf's bytes in the tree.
     *
     * @return a DAG-CBOR list of the account and the weight
     */
    public byte[] encode() {
        return DagCbor.encode(List.of(account.value(), weight));
    }
}
