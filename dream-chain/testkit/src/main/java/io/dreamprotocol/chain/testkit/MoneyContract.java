package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.coins;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** Deposits, withdrawals and balances. */
interface MoneyContract {
    LedgerFixture fixture();

    @Test
    default void anAccountBeginsWithNothing() {
        LedgerFixture f = fixture();

        assertThat(f.balance(f.requester)).isEqualTo(coins(0, 0));
    }

    @Test
    default void depositsAddUpAndWithdrawalsTakeAway() {
        LedgerFixture f = fixture();

        assertThat(f.ledger().deposit(f.requester, Amount.of(70), key())).isEqualTo(coins(70, 0));
        assertThat(f.ledger().deposit(f.requester, Amount.of(5), key())).isEqualTo(coins(75, 0));
        assertThat(f.ledger().withdraw(f.requester, Amount.of(75), key())).isEqualTo(coins(0, 0));
        assertThat(f.balance(f.requester)).isEqualTo(coins(0, 0));
        assertThat(f.balance(f.other)).isEqualTo(coins(0, 0));
    }

    @Test
    default void anAmountOfNothingMovesNothing() {
        LedgerFixture f = fixture();
        f.fundRequester();

        f.assertRefused(ErrorCode.INVALID_AMOUNT, () -> f.ledger().deposit(f.requester, Amount.ZERO, key()));
        f.assertRefused(ErrorCode.INVALID_AMOUNT, () -> f.ledger().withdraw(f.requester, Amount.ZERO, key()));
    }

    @Test
    default void amountsBelowNothingOrAboveTheLargestCannotBe() {
        BigInteger tooMuch = Amount.MAX.units().add(BigInteger.ONE);

        assertThat(catchThrowableOfType(InvalidInputException.class, () -> Amount.of(-1))
                        .code())
                .isEqualTo(ErrorCode.INVALID_AMOUNT);
        assertThat(catchThrowableOfType(InvalidInputException.class, () -> new Amount(tooMuch))
                        .code())
                .isEqualTo(ErrorCode.INVALID_AMOUNT);
    }

    @Test
    default void theLargestAmountGoesInAndOut() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.LARGEST_AMOUNT);
        f.fund(f.requester, Amount.MAX);

        assertThat(f.balance(f.requester)).isEqualTo(new Balance(Amount.MAX, Amount.ZERO));
        assertThat(f.ledger().withdraw(f.requester, Amount.MAX, key())).isEqualTo(coins(0, 0));
    }

    @Test
    default void allMoneyTogetherIsAtMostTheLargestAmount() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.LARGEST_AMOUNT);
        f.fund(f.requester, Amount.MAX);

        f.assertRefused(ErrorCode.INVALID_AMOUNT, () -> f.ledger().deposit(f.requester, Amount.of(1), key()));
        f.assertRefused(ErrorCode.INVALID_AMOUNT, () -> f.ledger().deposit(f.other, Amount.of(1), key()));
        f.ledger().withdraw(f.requester, Amount.of(1), key());
        assertThat(f.ledger().deposit(f.other, Amount.of(1), key())).isEqualTo(coins(1, 0));
    }

    @Test
    default void moreThanIsAvailableCannotBeWithdrawn() {
        LedgerFixture f = fixture();
        f.fund(f.requester, Amount.of(1000));
        f.openJob();

        f.assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> f.ledger().withdraw(f.requester, Amount.of(1), key()));
        f.assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> f.ledger().withdraw(f.other, Amount.MAX, key()));
        assertThat(f.balance(f.requester)).isEqualTo(coins(0, 1000));
    }

    @Test
    default void moneySurvivesReopening() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.REOPENS);
        f.fundRequester();
        f.openJob();
        f.reopen();

        assertThat(f.balance(f.requester)).isEqualTo(coins(9000, 1000));
    }

    @Test
    default void aLedgerKeepsItsNameAndSettings() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.REOPENS);
        var info = f.ledger().info();
        f.reopen();

        assertThat(f.ledger().info()).isEqualTo(info);
        assertThat(f.fresh().ledger().info().id()).isNotEqualTo(info.id());
    }
}
