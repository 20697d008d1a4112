package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import java.util.Objects;

/**
 * Whether an account may transfer every style model of another (ERC-721's {@code setApprovalForAll}).
 *
 * @param owner whose models
 * @param operator who may
 * @param approved true if it may
 */
public record OperatorApproval(AccountId owner, AccountId operator, boolean approved) {
    /** Checks that every part is there. */
    public OperatorApproval {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(operator, "operator");
    }
}
