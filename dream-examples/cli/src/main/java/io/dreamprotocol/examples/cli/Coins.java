package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.money.Amount;

/** Amounts as people read them. */
final class Coins {
    private Coins() {}

    static String text(Amount amount, Ledger ledger) {
        LedgerInfo info = ledger.info();
        return amount.toCoins(info.decimals()) + " " + info.currency();
    }
}
