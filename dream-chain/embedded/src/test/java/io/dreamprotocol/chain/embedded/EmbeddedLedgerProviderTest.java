package io.dreamprotocol.chain.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedLedgerProviderTest {
    @TempDir
    Path folder;

    private String address(String rest) {
        return "embedded:" + folder.resolve("data") + rest;
    }

    private static void assertWrong(String address) {
        assertRefused(() -> Backends.openLedger(address));
    }

    @Test
    void anAddressOpensTheLedgerOfAFolder() {
        try (Ledger ledger = Backends.openLedger(address(""))) {
            assertThat(ledger).isInstanceOf(EmbeddedLedger.class);
            assertThat(ledger.info().id()).matches("embedded:[0-9a-f]{32}");
            assertThat(ledger.info().currency()).isEqualTo("DREAM");
            assertThat(ledger.info().decimals()).isEqualTo(6);
            assertThat(ledger.info().settlementWindow()).isEqualTo(EmbeddedLedger.DEFAULT_SETTLEMENT_WINDOW);
        }
        assertThat(folder.resolve("data").resolve("ledger.db")).isRegularFile();
    }

    @Test
    void aLedgerKeepsTheWindowThatItWasMadeWith() {
        Backends.openLedger(address("?settlementWindow=PT1H")).close();

        for (String rest : new String[] {"", "?settlementWindow=PT60M"}) {
            try (Ledger ledger = Backends.openLedger(address(rest))) {
                assertThat(ledger.info().settlementWindow()).isEqualTo(Duration.ofHours(1));
            }
        }
        assertWrong(address("?settlementWindow=PT2H"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?settlementWindow=soon",
                "?settlementWindow=PT-1S",
                "?settlementWindow=P8D",
                "?window=PT1H",
                "?x"
            })
    void anOptionThatIsWrongIsAnError(String options) {
        assertWrong(address(options));
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void anAddressNeedsAFolder() {
        assertWrong("embedded:");
        assertWrong("embedded:a\0b");
    }

    @Test
    void aLedgerKeepsTheShareAndTheStakeThatItWasMadeWith() {
        Path data = folder.resolve("data");
        EmbeddedLedger.builder(data)
                .protocolShare(250)
                .minimumStake(Amount.MAX)
                .open()
                .close();

        try (Ledger ledger = Backends.openLedger(address(""))) {
            assertThat(ledger.info().protocolParts()).isEqualTo(250);
            assertThat(ledger.info().minimumStake()).isEqualTo(Amount.MAX);
        }
        EmbeddedLedger.builder(data)
                .protocolShare(250)
                .minimumStake(Amount.MAX)
                .open()
                .close();
        assertRefused(() -> EmbeddedLedger.builder(data).protocolShare(251).open());
        assertRefused(
                () -> EmbeddedLedger.builder(data).minimumStake(Amount.ZERO).open());
    }

    @Test
    void aLedgerTakesNoShareAndNoStakeUnlessTold() {
        try (Ledger ledger = Backends.openLedger(address(""))) {
            assertThat(ledger.info().protocolParts()).isZero();
            assertThat(ledger.info().minimumStake()).isEqualTo(Amount.ZERO);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 10_001, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void aShareOutOfRangeIsAnError(int parts) {
        EmbeddedLedger.Builder builder = EmbeddedLedger.builder(folder.resolve("data"));
        assertRefused(() -> builder.protocolShare(parts));
    }

    private static void assertRefused(ThrowingCallable call) {
        InvalidInputException wrong = catchThrowableOfType(InvalidInputException.class, call);
        assertThat(wrong.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
    }
}
