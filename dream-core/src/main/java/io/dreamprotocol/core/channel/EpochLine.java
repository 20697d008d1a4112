package io.dreamprotocol.core.channel;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.money.Amount;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What an epoch owes one account: a leaf of its Merkle tree.
 *
 * @param to who is owed
 * @param amount how much of the epoch's total; on a channel, everything promised since it was opened, as a {@link Voucher} says it
 * @param channel the channel from whose deposit it is paid instead of the epoch's total; a voucher for the same money is void then
 */
public record EpochLine(AccountId to, Amount amount, Optional<ChannelId> channel) {
    /** Checks that every part is there. */
    public EpochLine {
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(amount, "amount");
        Objects.requireNonNull(channel, "channel");
    }

    /**
     * Returns the leaf's bytes in the tree.
     *
     * @return a DAG-CBOR map
     */
    public byte[] encode() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("to", to.value());
        map.put("amount", amount.toString());
        channel.ifPresent(id -> map.put("channel", id.value()));
        return DagCbor.encode(map);
    }
}
