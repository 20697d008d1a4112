package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.money.Amount;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What the stored forms have in common: each is a DAG-CBOR map, to which later versions may add fields. What may be missing is a list
 * of none or one; amounts are decimal text, instants milliseconds since 1970.
 */
final class Stored {
    /** The largest amount has 39 digits. */
    private static final Pattern WHOLE = Pattern.compile("0|[1-9][0-9]{0,38}");

    private Stored() {}

    static Amount amount(Fields fields, String name) {
        return amount(fields.text(name));
    }

    static Amount amount(String text) {
        return new Amount(whole(text));
    }

    /** Reads a number that is written as this program writes it, and in no other way. */
    static BigInteger whole(String text) {
        if (!WHOLE.matcher(text).matches()) {
            throw new CorruptDataException(ErrorCode.MALFORMED_DATA, "A stored number is malformed");
        }
        return new BigInteger(text);
    }

    static Instant instant(Fields fields, String name) {
        return Instant.ofEpochMilli(fields.number(name));
    }

    static AccountId account(Fields fields, String name) {
        return new AccountId(fields.text(name));
    }

    static <T> List<Map<String, Object>> list(Optional<T> value, Function<T, Map<String, Object>> form) {
        return value.map(form).map(List::of).orElse(List.of());
    }

    static <T> Optional<T> optional(Fields fields, String name, Function<Fields, T> reader) {
        return fields.maps(name).stream().findFirst().map(reader);
    }
}
