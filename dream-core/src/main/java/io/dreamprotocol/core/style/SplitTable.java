package io.dreamprotocol.core.style;

import io.dreamprotocol.core.account.AccountId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How what a style model keeps of its earnings, after its parents' shares, is split. Fixed at the registration, so that no later owner
 * takes anything from co-owners and contributors.
 *
 * @param owner the parts of whoever owns the model when it earns, 0 to {@link Share#WHOLE}
 * @param coOwners the parts of fixed accounts; at most {@link #MAX_CO_OWNERS}, each account once
 * @param contributors the parts of the contributors' pool; 0 if there are none
 */
public record SplitTable(int owner, List<Share> coOwners, int contributors) {
    /** Everything to the owner. */
    public static final SplitTable OWNER_ONLY = new SplitTable(Share.WHOLE, List.of(), 0);

    /** The most co-owners: 8. */
    public static final int MAX_CO_OWNERS = 8;

    /**
     * Checks that the parts make a whole.
     *
     * @throws io.dreamprotocol.core.error.InvalidInputException with {@code invalid-shares}
     */
    public SplitTable {
        coOwners = List.copyOf(coOwners);
        Share.check(
                coOwners.size() <= MAX_CO_OWNERS,
                "A style model has at most " + MAX_CO_OWNERS + " co-owners, not " + coOwners.size());
        Share.check(owner >= 0 && owner <= Share.WHOLE, "The owner's parts lie between 0 and " + Share.WHOLE);
        Share.check(
                contributors >= 0 && contributors <= Share.WHOLE,
                "The contributors' parts lie between 0 and " + Share.WHOLE);
        int sum = owner + contributors;
        Set<AccountId> seen = new HashSet<>();
        for (Share share : coOwners) {
            Share.check(seen.add(share.account()), "Co-owner " + share.account().abbreviated() + " appears twice");
            sum += share.parts();
        }
        Share.check(
                sum == Share.WHOLE, "The parts of a split table add up to " + Share.WHOLE + ", and these to " + sum);
    }
}
