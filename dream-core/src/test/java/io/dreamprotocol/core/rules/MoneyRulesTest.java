package io.dreamprotocol.core.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.money.Posting;
import java.math.BigInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class MoneyRulesTest {
    private static final AccountId ACCOUNT = new AccountId("ed25519:aa");
    private static final Balance NOTHING = new Balance(Amount.ZERO, Amount.ZERO);

    private static ErrorCode codeOf(ThrowingCallable call) {
        return catchThrowableOfType(DreamException.class, call).code();
    }

    @Test
    void aDepositBecomesAvailable() {
        Posting posting = MoneyRules.deposit(ACCOUNT, Amount.of(7), Amount.ZERO);

        assertThat(posting.applyTo(NOTHING)).isEqualTo(new Balance(Amount.of(7), Amount.ZERO));
    }

    @Test
    void aLedgerHoldsTheLargestAmountAndNotOneUnitMore() {
        Posting all = MoneyRules.deposit(ACCOUNT, Amount.MAX, Amount.ZERO);

        assertThat(all.applyTo(NOTHING).available()).isEqualTo(Amount.MAX);
        assertThat(codeOf(() -> MoneyRules.deposit(ACCOUNT, Amount.of(1), Amount.MAX)))
                .isEqualTo(ErrorCode.INVALID_AMOUNT);
        assertThat(codeOf(() -> MoneyRules.deposit(ACCOUNT, Amount.MAX, Amount.of(1))))
                .isEqualTo(ErrorCode.INVALID_AMOUNT);
    }

    @Test
    void nothingIsNoAmountToMove() {
        assertThat(codeOf(() -> MoneyRules.deposit(ACCOUNT, Amount.ZERO, Amount.ZERO)))
                .isEqualTo(ErrorCode.INVALID_AMOUNT);
        assertThat(codeOf(() -> MoneyRules.withdraw(ACCOUNT, Amount.ZERO))).isEqualTo(ErrorCode.INVALID_AMOUNT);
    }

    @Test
    void whatIsInEscrowCannotBeWithdrawn() {
        Balance balance = new Balance(Amount.of(5), Amount.of(100));

        assertThat(MoneyRules.withdraw(ACCOUNT, Amount.of(5)).applyTo(balance))
                .isEqualTo(new Balance(Amount.ZERO, Amount.of(100)));
        assertThat(codeOf(() -> MoneyRules.withdraw(ACCOUNT, Amount.of(6)).applyTo(balance)))
                .isEqualTo(ErrorCode.INSUFFICIENT_FUNDS);
    }

    @Test
    void aPostingMovesBothParts() {
        Posting posting = new Posting(ACCOUNT, BigInteger.valueOf(-3), BigInteger.valueOf(3));

        assertThat(posting.applyTo(new Balance(Amount.of(3), Amount.ZERO)))
                .isEqualTo(new Balance(Amount.ZERO, Amount.of(3)));
    }
}
