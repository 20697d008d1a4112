package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/** The model is a ledger too, and so the kit tests itself. */
class LedgerModelTest extends LedgerContract {
    @Override
    protected Ledger open(Path folder, InstantSource clock, LedgerSettings settings) {
        return new LedgerModel(
                clock,
                new LedgerInfo(
                        "model:" + folder.getFileName() + Integer.toHexString(folder.hashCode()),
                        "DREAM",
                        6,
                        Duration.ofMinutes(10),
                        settings.protocolParts(),
                        settings.minimumStake()));
    }

    @Override
    protected Map<LedgerCapability, String> declined() {
        String reason = "It is in memory only";
        return Map.of(LedgerCapability.REOPENS, reason, LedgerCapability.SHARED, reason);
    }
}
