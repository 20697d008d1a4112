package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Base32;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import java.sql.SQLException;
import java.util.List;

/** Names jobs, payment channels and epochs: short enough to type, and the same for the same account and key. */
final class Names {
    private static final int LENGTH = 10;

    private Names() {}

    /** Tells whether something has a name already. */
    interface Taken {
        boolean test(String name) throws SQLException;
    }

    static String next(Tables tables, AccountId account, IdempotencyKey key, Taken taken) throws SQLException {
        for (int attempt = 0; ; attempt++) {
            byte[] input = DagCbor.encode(List.of(tables.ledgerId(), account.value(), key.value(), attempt));
            String name = Base32.encode(Bytes.sha256(input).toArray()).substring(0, LENGTH);
            // Fifty bits meet by chance once there are some millions of names; then the next one is as good.
            if (!taken.test(name)) {
                return name;
            }
        }
    }
}
