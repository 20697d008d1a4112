package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.chain.testkit.LedgerContract;
import io.dreamprotocol.core.ledger.Ledger;
import java.nio.file.Path;
import java.time.InstantSource;

class EmbeddedLedgerContractTest extends LedgerContract {
    @Override
    protected Ledger open(Path folder, InstantSource clock) {
        return EmbeddedLedger.builder(folder).clock(clock).open();
    }
}
