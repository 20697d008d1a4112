package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerProvider;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;

/**
 * Opens the ledger in a data folder: {@code embedded:DIR} keeps it in {@code DIR/ledger.db}.
 *
 * <p>The option {@code settlementWindow} says how long after a result only the requester may settle, as an ISO 8601 duration: {@code
 * embedded:./data?settlementWindow=PT1H}. It applies when the ledger is made.
 */
public final class EmbeddedLedgerProvider implements LedgerProvider {
    private static final String SETTLEMENT_WINDOW = "settlementWindow";

    /** Creates the provider; {@link java.util.ServiceLoader} calls this. */
    public EmbeddedLedgerProvider() {}

    @Override
    public String scheme() {
        return "embedded";
    }

    /**
     * Opens the ledger of a data folder, which need not exist yet.
     *
     * @param address {@code embedded:DIR}
     * @return the ledger
     * @throws DreamException as {@link EmbeddedLedger#open(Path)} does, and {@code invalid-configuration} if there is no folder in
     *     the address, an unknown option, or a wrong settlement window
     */
    @Override
    public Ledger open(BackendAddress address) {
        address.requireKnownOptions(Set.of(SETTLEMENT_WINDOW));
        if (address.location().isEmpty()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The address embedded: needs a folder, for example embedded:./data");
        }
        EmbeddedLedger.Builder builder = EmbeddedLedger.builder(folder(address.location()));
        Optional<String> window = address.option(SETTLEMENT_WINDOW);
        return (window.isPresent() ? builder.settlementWindow(duration(window.get())) : builder).open();
    }

    private static Path folder(String location) {
        try {
            return Path.of(location);
        } catch (InvalidPathException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION, "Not a folder's name: '" + location + "'", e);
        }
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Not a duration: '" + text + "'; write for example PT10M for ten minutes",
                    e);
        }
    }
}
