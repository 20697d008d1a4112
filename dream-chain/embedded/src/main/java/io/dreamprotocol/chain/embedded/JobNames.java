package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Base32;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.JobId;
import java.sql.SQLException;
import java.util.List;

/** Names jobs: short enough to type, and the same for the same requester and key. */
final class JobNames {
    private static final int LENGTH = 10;

    private JobNames() {}

    static JobId next(Tables tables, AccountId requester, IdempotencyKey key) throws SQLException {
        for (int attempt = 0; ; attempt++) {
            byte[] input = DagCbor.encode(List.of(tables.ledgerId(), requester.value(), key.value(), attempt));
            JobId id = new JobId(Base32.encode(Bytes.sha256(input).toArray()).substring(0, LENGTH));
            // Fifty bits meet by chance once there are some millions of jobs; then the next name is as good.
            if (tables.place(id).isEmpty()) {
                return id;
            }
        }
    }
}
