package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.chain.testkit.LedgerContract;
import io.dreamprotocol.chain.testkit.LedgerSettings;
import io.dreamprotocol.core.ledger.Ledger;
import java.nio.file.Path;
import java.time.InstantSource;

class EmbeddedLedgerContractTest extends LedgerContract {
    @Override
    protected Ledger open(Path folder, InstantSource clock, LedgerSettings settings) {
        return EmbeddedLedger.builder(folder)
                .clock(clock)
                .protocolShare(settings.protocolParts())
                .minimumStake(settings.minimumStake())
                .fast()
                .open();
    }
}
