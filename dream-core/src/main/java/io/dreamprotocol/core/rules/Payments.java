package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.money.Posting;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns what is paid into one posting for each account. */
final class Payments {
    private final Map<AccountId, BigInteger> available = new LinkedHashMap<>();
    private final Map<AccountId, BigInteger> escrowed = new LinkedHashMap<>();

    Payments give(AccountId account, BigInteger amount) {
        return add(account, amount, BigInteger.ZERO);
    }

    Payments give(List<Payment> payments) {
        payments.forEach(payment -> give(payment.to(), payment.amount().units()));
        return this;
    }

    Payments takeFromEscrow(AccountId account, BigInteger amount) {
        return add(account, BigInteger.ZERO, amount.negate());
    }

    Payments putIntoEscrow(AccountId account, BigInteger amount) {
        return add(account, amount.negate(), amount);
    }

    Payments putBack(AccountId account, BigInteger amount) {
        return add(account, amount, amount.negate());
    }

    private Payments add(AccountId account, BigInteger toAvailable, BigInteger toEscrow) {
        available.merge(account, toAvailable, BigInteger::add);
        escrowed.merge(account, toEscrow, BigInteger::add);
        return this;
    }

    List<Posting> postings() {
        List<Posting> postings = new ArrayList<>();
        available.forEach((account, amount) ->
                postings.add(new Posting(account, amount, escrowed.getOrDefault(account, BigInteger.ZERO))));
        return postings;
    }
}
