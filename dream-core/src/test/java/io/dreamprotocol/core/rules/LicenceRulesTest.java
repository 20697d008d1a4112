package io.dreamprotocol.core.rules;

import static io.dreamprotocol.core.rules.Samples.NOW;
import static io.dreamprotocol.core.rules.Samples.OTHER;
import static io.dreamprotocol.core.rules.Samples.OWNER;
import static io.dreamprotocol.core.rules.Samples.WORKER;
import static io.dreamprotocol.core.rules.Samples.assertRefused;
import static io.dreamprotocol.core.rules.Samples.manifest;
import static io.dreamprotocol.core.rules.Samples.register;
import static io.dreamprotocol.core.rules.Samples.registration;
import static io.dreamprotocol.core.rules.Samples.terms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import io.dreamprotocol.core.style.StyleUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LicenceRulesTest {
    private static final Bytes PUBLIC_KEY = Samples.digest("public key");
    private static final Bytes WRAPPED = Bytes.of(new byte[80]);
    private static final Duration DAY = Duration.ofDays(1);

    private final FakeLedger ledger = new FakeLedger().fund(WORKER, 100);
    private final StyleModel model = register(ledger, OWNER, sealed("sealed", Optional.of(DAY), List.of()));
    private final StyleId id = model.id();

    private static StyleRegistration sealed(String name, Optional<Duration> time, List<Parent> parents) {
        return new StyleRegistration(
                manifest(name, true),
                new StyleTerms(Amount.of(1), Amount.of(40), time, Optional.of(Amount.ZERO)),
                SplitTable.OWNER_ONLY,
                parents,
                Optional.empty());
    }

    private Licence buy() {
        return ledger.carryOut(LicenceRules.buy(WORKER, id, PUBLIC_KEY, Amount.of(40), ledger, NOW));
    }

    private Licence grant(AccountId holder, Optional<Duration> time, Instant now) {
        return ledger.carryOut(LicenceRules.grant(OWNER, id, holder, PUBLIC_KEY, WRAPPED, time, ledger, now));
    }

    private void requireLicence(AccountId worker, Instant now) {
        LicenceRules.requireLicence(worker, ledger.model(id), ledger, now);
    }

    @Test
    void whatAWorkerPaysWaitsInItsEscrowForTheKey() {
        Licence licence = buy();

        assertThat(licence)
                .isEqualTo(new Licence(
                        id,
                        WORKER,
                        PUBLIC_KEY,
                        Amount.of(40),
                        Licence.State.PENDING,
                        Optional.empty(),
                        NOW,
                        Optional.of(DAY.toMillis())));
        assertThat(ledger.available(WORKER)).isEqualTo(60);
        assertThat(ledger.escrowed(WORKER)).isEqualTo(40);
        assertThat(ledger.lastNotice())
                .isEqualTo(Notice.of(LedgerEvent.Kind.LICENCE_BOUGHT, WORKER, id, Amount.of(40)));
        assertRefused(ErrorCode.LICENCE_MISSING, () -> requireLicence(WORKER, NOW));
    }

    @Test
    void theKeyEarnsTheModelItsPrice() {
        buy();
        Licence granted = grant(WORKER, Optional.empty(), NOW.plusSeconds(9));

        assertThat(granted.state()).isEqualTo(Licence.State.GRANTED);
        assertThat(granted.wrappedKey()).contains(WRAPPED);
        assertThat(granted.time()).contains(DAY.toMillis());
        assertThat(ledger.available(OWNER)).isEqualTo(40);
        assertThat(ledger.escrowed(WORKER)).isZero();
        assertThat(ledger.model(id).usage()).isEqualTo(new StyleUsage(0, 0, Amount.of(40), Amount.ZERO));
        assertThat(ledger.lastNotice())
                .isEqualTo(Notice.of(LedgerEvent.Kind.LICENCE_GRANTED, WORKER, id, Amount.of(40)));
    }

    @Test
    void parentsShareInLicences() {
        StyleModel child = register(ledger, OTHER, sealed("child", Optional.empty(), List.of(new Parent(id, 2_500))));
        ledger.carryOut(LicenceRules.buy(WORKER, child.id(), PUBLIC_KEY, Amount.of(40), ledger, NOW));
        ledger.carryOut(
                LicenceRules.grant(OTHER, child.id(), WORKER, PUBLIC_KEY, WRAPPED, Optional.empty(), ledger, NOW));

        assertThat(ledger.available(OTHER)).isEqualTo(30);
        assertThat(ledger.available(OWNER)).isEqualTo(10);
    }

    @Test
    void aLicenceEndsAtItsTime() {
        buy();
        grant(WORKER, Optional.empty(), NOW);

        assertThatNoException()
                .isThrownBy(() -> requireLicence(WORKER, NOW.plus(DAY).minusMillis(1)));
        assertRefused(ErrorCode.LICENCE_MISSING, () -> requireLicence(WORKER, NOW.plus(DAY)));
    }

    @Test
    void anEndedLicenceCanBeBoughtAgainAndAStandingOneNot() {
        buy();
        grant(WORKER, Optional.empty(), NOW);
        assertRefused(ErrorCode.LICENCE_STATE_CONFLICT, this::buy);

        assertThat(ledger.carryOut(LicenceRules.buy(WORKER, id, PUBLIC_KEY, Amount.of(40), ledger, NOW.plus(DAY)))
                        .state())
                .isEqualTo(Licence.State.PENDING);
    }

    @Test
    void aPendingLicenceIsNotBoughtTwice() {
        buy();

        assertRefused(ErrorCode.LICENCE_STATE_CONFLICT, this::buy);
        assertThat(ledger.escrowed(WORKER)).isEqualTo(40);
    }

    @Test
    void theMoneyCanBeTakenBackUntilTheKeyIsThere() {
        buy();
        Licence withdrawn = ledger.carryOut(LicenceRules.withdraw(WORKER, id, ledger, NOW));

        assertThat(withdrawn.state()).isEqualTo(Licence.State.WITHDRAWN);
        assertThat(ledger.available(WORKER)).isEqualTo(100);
        assertThat(ledger.lastNotice().kind()).isEqualTo(LedgerEvent.Kind.LICENCE_WITHDRAWN);
        assertRefused(ErrorCode.LICENCE_STATE_CONFLICT, () -> LicenceRules.withdraw(WORKER, id, ledger, NOW));
        assertRefused(ErrorCode.LICENCE_MISSING, () -> LicenceRules.withdraw(OTHER, id, ledger, NOW));
        buy();
        grant(WORKER, Optional.empty(), NOW);
        assertRefused(ErrorCode.LICENCE_STATE_CONFLICT, () -> LicenceRules.withdraw(WORKER, id, ledger, NOW));
    }

    @Test
    void aPriceIsPaidWithinWhatIsAllowedAndThere() {
        assertRefused(
                ErrorCode.PRICE_TOO_HIGH, () -> LicenceRules.buy(WORKER, id, PUBLIC_KEY, Amount.of(39), ledger, NOW));
        assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS,
                () -> ledger.carryOut(LicenceRules.buy(OTHER, id, PUBLIC_KEY, Amount.MAX, ledger, NOW)));
        assertThat(ledger.licence(id, OTHER)).isEmpty();
    }

    @Test
    void aLicenceKeepsThePriceAtWhichItWasBought() {
        buy();
        ledger.carryOut(StyleRules.changeTerms(OWNER, id, terms(1, 90, 0), ledger));
        grant(WORKER, Optional.empty(), NOW);

        assertThat(ledger.available(OWNER)).isEqualTo(40);
    }

    @Test
    void aModelCanBeLicensedForNothing() {
        ledger.carryOut(StyleRules.changeTerms(OWNER, id, terms(1, 0, 0), ledger));
        ledger.carryOut(LicenceRules.buy(OTHER, id, PUBLIC_KEY, Amount.ZERO, ledger, NOW));
        grant(OTHER, Optional.empty(), NOW);

        assertThatNoException().isThrownBy(() -> requireLicence(OTHER, NOW.plus(Duration.ofDays(9999))));
    }

    @Test
    void anOwnerGivesALicenceAway() {
        Licence given = grant(OTHER, Optional.of(Duration.ofSeconds(5)), NOW);

        assertThat(given.paid()).isEqualTo(Amount.ZERO);
        assertThatNoException().isThrownBy(() -> requireLicence(OTHER, NOW));
        assertRefused(ErrorCode.LICENCE_MISSING, () -> requireLicence(OTHER, NOW.plusSeconds(5)));
    }

    @Test
    void aLicenceGivenAwayLastsBetweenASecondAndTenYears() {
        for (Duration time : List.of(
                Duration.ZERO,
                Duration.ofMillis(-1),
                Duration.ofMillis(999),
                StyleTerms.MAX_LICENCE_TIME.plusMillis(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            assertRefused(ErrorCode.INVALID_REQUEST, () -> grant(OTHER, Optional.of(time), NOW));
        }
    }

    @Test
    void onlyTheOwnerGrantsAndRevokes() {
        assertRefused(
                ErrorCode.NOT_PERMITTED,
                () -> LicenceRules.grant(OTHER, id, WORKER, PUBLIC_KEY, WRAPPED, Optional.empty(), ledger, NOW));
        grant(WORKER, Optional.empty(), NOW);
        assertRefused(ErrorCode.NOT_PERMITTED, () -> LicenceRules.revoke(OTHER, id, WORKER, ledger, NOW));
    }

    @Test
    void theNewOwnerGrantsWhatWasBoughtOfTheOld() {
        buy();
        ledger.carryOut(StyleRules.transfer(OWNER, id, OTHER, ledger));
        assertRefused(ErrorCode.NOT_PERMITTED, () -> grant(WORKER, Optional.empty(), NOW));
        ledger.carryOut(LicenceRules.grant(OTHER, id, WORKER, PUBLIC_KEY, WRAPPED, Optional.empty(), ledger, NOW));

        assertThat(ledger.available(OTHER)).isEqualTo(40);
    }

    @Test
    void aRevokedLicenceAllowsNothingMore() {
        grant(WORKER, Optional.empty(), NOW);
        Licence revoked = ledger.carryOut(LicenceRules.revoke(OWNER, id, WORKER, ledger, NOW));

        assertThat(revoked.state()).isEqualTo(Licence.State.REVOKED);
        assertThat(ledger.lastNotice().kind()).isEqualTo(LedgerEvent.Kind.LICENCE_REVOKED);
        assertRefused(ErrorCode.LICENCE_MISSING, () -> requireLicence(WORKER, NOW));
        assertRefused(ErrorCode.LICENCE_STATE_CONFLICT, () -> LicenceRules.revoke(OWNER, id, WORKER, ledger, NOW));
        assertRefused(ErrorCode.LICENCE_MISSING, () -> LicenceRules.revoke(OWNER, id, OTHER, ledger, NOW));
    }

    @Test
    void aPendingLicenceCannotBeRevokedAndItsMoneyKept() {
        buy();

        assertRefused(ErrorCode.LICENCE_STATE_CONFLICT, () -> LicenceRules.revoke(OWNER, id, WORKER, ledger, NOW));
    }

    @Test
    void keysHaveTheirSizes() {
        for (int bytes : new int[] {0, 31, 33}) {
            Bytes wrong = Bytes.of(new byte[bytes]);
            assertRefused(
                    ErrorCode.INVALID_REQUEST, () -> LicenceRules.buy(WORKER, id, wrong, Amount.MAX, ledger, NOW));
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> LicenceRules.grant(OWNER, id, WORKER, wrong, WRAPPED, Optional.empty(), ledger, NOW));
        }
        for (int bytes : new int[] {0, Licence.MAX_WRAPPED_KEY + 1}) {
            Bytes wrong = Bytes.of(new byte[bytes]);
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> LicenceRules.grant(OWNER, id, WORKER, PUBLIC_KEY, wrong, Optional.empty(), ledger, NOW));
        }
    }

    @Test
    void theKeyIsWrappedForWhoBoughtIt() {
        buy();
        Bytes another = Samples.digest("another key");

        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> LicenceRules.grant(OWNER, id, WORKER, another, WRAPPED, Optional.empty(), ledger, NOW));
    }

    @Test
    void openModelsNeedNoLicence() {
        StyleModel open =
                register(ledger, OWNER, registration("open", terms(1, 5, 0), SplitTable.OWNER_ONLY, List.of()));

        assertThatNoException().isThrownBy(() -> LicenceRules.requireLicence(OTHER, open, ledger, NOW));
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> LicenceRules.buy(WORKER, open.id(), PUBLIC_KEY, Amount.MAX, ledger, NOW));
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> LicenceRules.grant(OWNER, open.id(), WORKER, PUBLIC_KEY, WRAPPED, Optional.empty(), ledger, NOW));
        assertRefused(
                ErrorCode.STYLE_NOT_FOUND,
                () -> LicenceRules.buy(WORKER, new StyleId(9), PUBLIC_KEY, Amount.MAX, ledger, NOW));
    }

    @Test
    void theOwnerRunsItsOwnModel() {
        assertThatNoException().isThrownBy(() -> requireLicence(OWNER, NOW));
    }
}
