package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The refusals that several rules share. */
final class Refusals {
    /** The schemes of accounts for which nobody can sign. */
    private static final Set<String> UNSIGNED = Set.of("pool", "protocol");

    private Refusals() {}

    static ConflictException notPermitted(String message) {
        return new ConflictException(ErrorCode.NOT_PERMITTED, message);
    }

    static InvalidInputException invalid(String message) {
        return new InvalidInputException(ErrorCode.INVALID_REQUEST, message);
    }

    static StyleModel style(LedgerView view, StyleId id) {
        return style(view::style, id);
    }

    static StyleModel style(Function<StyleId, Optional<StyleModel>> styles, StyleId id) {
        return styles.apply(id)
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.STYLE_NOT_FOUND,
                        "There is no style model " + id + " on this ledger; search the library"));
    }

    static void requirePerson(AccountId account) {
        if (UNSIGNED.contains(account.scheme())) {
            throw invalid("Nobody can sign for the account " + account + "; choose another");
        }
    }
}
