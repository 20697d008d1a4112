package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every ledger must do, as tests. A backend extends this class and says how it is opened.
 *
 * <p>Every test has a fresh ledger and a clock that stands still until the test moves it. Besides the single rules, random
 * histories are carried out on the ledger and on {@linkplain LedgerModel the rules in memory}, which must agree after every step;
 * the system property {@code dream.ledger.histories} sets how many.
 */
public abstract class LedgerContract
        implements MoneyContract,
                JobContract,
                LeaseContract,
                JobListContract,
                OfferContract,
                IdempotencyContract,
                EventContract,
                StyleContract,
                SearchContract,
                LicenceContract,
                PoolContract,
                RoyaltyContract,
                WorkerContract,
                ChannelContract,
                RoundContract,
                ConcurrencyContract,
                HistoryContract {
    private LedgerFixture fixture;

    /** Creates the tests. */
    protected LedgerContract() {}

    /**
     * Opens the ledger of a folder. A folder that was not opened before gets a fresh ledger, with these settings and a settlement window
     * of more than a second and at most a day.
     *
     * @param folder stands for one ledger; a backend need not write into it
     * @param clock the time to go by
     * @param settings the same ones whenever this folder is opened
     * @return the ledger
     */
    protected abstract Ledger open(Path folder, InstantSource clock, LedgerSettings settings);

    /**
     * Returns an account that the ledger never saw and that can act on it.
     *
     * @return its signer
     */
    protected Signer newSigner() {
        return TestSigner.create();
    }

    /**
     * Gives an account money to begin with.
     *
     * @param ledger the ledger
     * @param signer the account
     * @param amount how much it has available afterwards, when it had nothing
     */
    protected void fund(Ledger ledger, Signer signer, Amount amount) {
        ledger.deposit(signer, amount, IdempotencyKey.random());
    }

    /**
     * Returns what this ledger cannot do, each with the reason, which shows where a test is skipped.
     *
     * @return nothing, unless overridden
     */
    protected Map<LedgerCapability, String> declined() {
        return Map.of();
    }

    @Override
    public final LedgerFixture fixture() {
        return fixture;
    }

    /**
     * Opens a fresh ledger before each test.
     *
     * @param folder is empty
     */
    @BeforeEach
    protected final void openLedger(@TempDir Path folder) {
        fixture = new LedgerFixture(this, folder, LedgerSettings.PLAIN);
    }

    /** Closes what the test opened. */
    @AfterEach
    protected final void closeLedgers() {
        fixture.close();
    }
}
