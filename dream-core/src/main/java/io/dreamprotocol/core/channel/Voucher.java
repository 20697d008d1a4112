package io.dreamprotocol.core.channel;

import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.money.Amount;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A payer's promise: of this channel's deposit, so much in all is the payee's. A later voucher has a larger sum and stands for all
 * before it, so that one write pays for any number of images.
 *
 * @param ledger the ledger on which it counts ({@code LedgerInfo.id})
 * @param channel the channel
 * @param cumulative everything promised since the channel was opened
 */
public record Voucher(String ledger, ChannelId channel, Amount cumulative) {
    private static final String PURPOSE = "dream-protocol voucher 1";

    /** Checks that every part is there. */
    public Voucher {
        Objects.requireNonNull(ledger, "ledger");
        Objects.requireNonNull(channel, "channel");
        Objects.requireNonNull(cumulative, "cumulative");
    }

    /**
     * Returns the canonical encoding, which is what gets signed.
     *
     * @return a DAG-CBOR map
     */
    public byte[] encode() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("purpose", PURPOSE);
        map.put("ledger", ledger);
        map.put("channel", channel.value());
        map.put("cumulative", cumulative.toString());
        return DagCbor.encode(map);
    }

    /**
     * Reads the canonical encoding.
     *
     * @param encoded the bytes
     * @return the voucher
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if the bytes are none
     */
    public static Voucher decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "voucher");
        String sum = fields.text("cumulative");
        if (!fields.text("purpose").equals(PURPOSE) || !sum.matches("0|[1-9][0-9]{0,38}")) {
            throw new CorruptDataException(ErrorCode.MALFORMED_DATA, "The bytes are no voucher");
        }
        return fields.build(() -> new Voucher(
                fields.text("ledger"), new ChannelId(fields.text("channel")), new Amount(new BigInteger(sum))));
    }
}
