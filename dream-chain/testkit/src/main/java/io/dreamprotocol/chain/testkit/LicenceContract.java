package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.ASK;
import static io.dreamprotocol.chain.testkit.LedgerFixture.LEASE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.coins;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.LedgerEvent.Kind;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import io.dreamprotocol.core.style.StyleUsage;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Licences for sealed style models. */
interface LicenceContract {
    Bytes PUBLIC_KEY = SampleStyles.digest("public key");
    Bytes WRAPPED_KEY = Bytes.of(new byte[Licence.MAX_WRAPPED_KEY]);
    Duration MONTH = Duration.ofDays(30);

    LedgerFixture fixture();

    @Test
    default void theMoneyForALicenceWaitsForTheKey() {
        LedgerFixture f = fixture();
        f.fund(f.worker, Amount.of(100));
        StyleId style = sealedModel(f).id();
        EventCursor before = f.ledger().latest();
        Licence bought = buy(f, style);

        assertThat(bought)
                .isEqualTo(new Licence(
                        style,
                        f.worker.account(),
                        PUBLIC_KEY,
                        Amount.of(40),
                        Licence.State.PENDING,
                        Optional.empty(),
                        f.clock.instant(),
                        Optional.of(MONTH.toMillis())));
        assertThat(f.styles().licence(style, f.worker.account())).contains(bought);
        assertThat(f.balance(f.worker)).isEqualTo(coins(60, 40));
        Licence granted = grant(f, style, f.worker);
        assertThat(granted.state()).isEqualTo(Licence.State.GRANTED);
        assertThat(granted.wrappedKey()).contains(WRAPPED_KEY);
        assertThat(f.styles().licence(style, f.worker.account())).contains(granted);
        assertThat(f.balance(f.worker)).isEqualTo(coins(60, 0));
        assertThat(f.balance(f.other)).isEqualTo(coins(40, 0));
        assertThat(f.find(style).usage()).isEqualTo(new StyleUsage(0, 0, Amount.of(40), Amount.ZERO));
        assertThat(f.toldAfter(before))
                .containsExactly(
                        EventContract.Told.ofStyle(Kind.LICENCE_BOUGHT, f.worker, style, 40),
                        EventContract.Told.ofStyle(Kind.LICENCE_GRANTED, f.worker, style, 40));
    }

    @Test
    default void theMoneyComesBackIfTheKeyDoesNot() {
        LedgerFixture f = fixture();
        f.fund(f.worker, Amount.of(100));
        StyleId style = sealedModel(f).id();
        f.assertRefused(ErrorCode.LICENCE_MISSING, () -> f.styles().withdrawLicence(f.worker, style, key()));
        buy(f, style);
        EventCursor before = f.ledger().latest();
        Licence withdrawn = f.styles().withdrawLicence(f.worker, style, key());

        assertThat(withdrawn.state()).isEqualTo(Licence.State.WITHDRAWN);
        assertThat(f.balance(f.worker)).isEqualTo(coins(100, 0));
        assertThat(f.toldAfter(before))
                .containsExactly(EventContract.Told.ofStyle(Kind.LICENCE_WITHDRAWN, f.worker, style, 40));
        f.assertRefused(ErrorCode.LICENCE_STATE_CONFLICT, () -> f.styles().withdrawLicence(f.worker, style, key()));
        assertThat(buy(f, style).state()).isEqualTo(Licence.State.PENDING);
    }

    @Test
    default void aLicenceIsNotBoughtTwice() {
        LedgerFixture f = fixture();
        f.fund(f.worker, Amount.of(100));
        StyleId style = sealedModel(f).id();
        buy(f, style);
        f.assertRefused(ErrorCode.LICENCE_STATE_CONFLICT, () -> buy(f, style));
        grant(f, style, f.worker);

        f.assertRefused(ErrorCode.LICENCE_STATE_CONFLICT, () -> buy(f, style));
        f.advance(MONTH);
        assertThat(buy(f, style).state()).isEqualTo(Licence.State.PENDING);
    }

    @Test
    default void aLicenceThatIsTooDearOrForAnOpenModelIsRefused() {
        LedgerFixture f = fixture();
        StyleId style = sealedModel(f).id();
        StyleId open = f.register("open", 1).id();

        f.assertRefused(
                ErrorCode.PRICE_TOO_HIGH,
                () -> f.styles().buyLicence(f.worker, style, PUBLIC_KEY, Amount.of(39), key()));
        f.assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS,
                () -> f.styles().buyLicence(f.worker, style, PUBLIC_KEY, Amount.MAX, key()));
        f.assertRefused(
                ErrorCode.INVALID_REQUEST, () -> f.styles().buyLicence(f.worker, open, PUBLIC_KEY, Amount.MAX, key()));
        f.assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> f.styles().buyLicence(f.worker, style, Bytes.of(new byte[31]), Amount.MAX, key()));
        f.assertRefused(ErrorCode.INVALID_REQUEST, () -> grant(f, open, f.worker));
        assertThat(f.styles().licence(style, f.worker.account())).isEmpty();
    }

    @Test
    default void onlyTheOwnerHandsOverKeysAndTheyHaveTheirSize() {
        LedgerFixture f = fixture();
        StyleId style = sealedModel(f).id();

        f.assertRefused(
                ErrorCode.NOT_PERMITTED,
                () -> f.styles()
                        .grantLicence(
                                f.worker, style, f.worker.account(), PUBLIC_KEY, WRAPPED_KEY, Optional.empty(), key()));
        for (Bytes wrong : List.of(Bytes.of(new byte[0]), Bytes.of(new byte[Licence.MAX_WRAPPED_KEY + 1]))) {
            f.assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> f.styles()
                            .grantLicence(
                                    f.other, style, f.worker.account(), PUBLIC_KEY, wrong, Optional.empty(), key()));
        }
        for (Duration wrong : List.of(Duration.ofSeconds(-1), Duration.ZERO, Duration.ofSeconds(Long.MAX_VALUE))) {
            f.assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> f.styles()
                            .grantLicence(
                                    f.other,
                                    style,
                                    f.worker.account(),
                                    PUBLIC_KEY,
                                    WRAPPED_KEY,
                                    Optional.of(wrong),
                                    key()));
        }
    }

    @Test
    default void theKeyIsForWhoBoughtTheLicence() {
        LedgerFixture f = fixture();
        f.fund(f.worker, Amount.of(100));
        StyleId style = sealedModel(f).id();
        buy(f, style);

        f.assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> f.styles()
                        .grantLicence(
                                f.other,
                                style,
                                f.worker.account(),
                                SampleStyles.digest("another key"),
                                WRAPPED_KEY,
                                Optional.empty(),
                                key()));
    }

    @Test
    default void onlyWorkersWithALicenceClaimJobsWithASealedModel() {
        LedgerFixture f = fixture();
        f.fundRequester();
        f.fund(f.worker, Amount.of(100));
        StyleId style = sealedModel(f).id();
        Job job = f.ledger().submit(f.requester, RoyaltyContract.submission(f, 1000, style), key());
        f.assertRefused(ErrorCode.LICENCE_MISSING, () -> f.exchange().claim(f.worker, job.id(), ASK, LEASE, key()));
        buy(f, style);
        f.assertRefused(ErrorCode.LICENCE_MISSING, () -> f.exchange().claim(f.worker, job.id(), ASK, LEASE, key()));
        grant(f, style, f.worker);

        assertThat(f.exchange().claim(f.worker, job.id(), ASK, LEASE, key()).state())
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    default void anExpiredLicenceAllowsNothing() {
        LedgerFixture f = fixture();
        f.fundRequester();
        StyleId style = sealedModel(f).id();
        f.styles()
                .grantLicence(
                        f.other,
                        style,
                        f.worker.account(),
                        PUBLIC_KEY,
                        WRAPPED_KEY,
                        Optional.of(Duration.ofSeconds(5)),
                        key());
        Job job = f.ledger().submit(f.requester, RoyaltyContract.submission(f, 1000, style), key());
        f.advance(Duration.ofSeconds(5));
        f.assertRefused(ErrorCode.LICENCE_MISSING, () -> f.exchange().claim(f.worker, job.id(), ASK, LEASE, key()));
        if (f.can(LedgerCapability.CLOCK_STEPS_BACK)) {
            f.ledger().expire();
            f.openJob();
            f.advance(Duration.ofSeconds(-5));
            f.assertRefused(ErrorCode.LICENCE_MISSING, () -> f.exchange().claim(f.worker, job.id(), ASK, LEASE, key()));
        }

        assertThat(f.exchange().claim(f.other, job.id(), ASK, LEASE, key()).state())
                .as("the owner needs none")
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    default void aRevokedLicenceAllowsNothing() {
        LedgerFixture f = fixture();
        f.fundRequester();
        StyleId style = sealedModel(f).id();
        f.assertRefused(
                ErrorCode.LICENCE_MISSING, () -> f.styles().revokeLicence(f.other, style, f.worker.account(), key()));
        grant(f, style, f.worker);
        f.assertRefused(
                ErrorCode.NOT_PERMITTED, () -> f.styles().revokeLicence(f.worker, style, f.worker.account(), key()));
        EventCursor before = f.ledger().latest();
        Licence revoked = f.styles().revokeLicence(f.other, style, f.worker.account(), key());
        assertThat(revoked.state()).isEqualTo(Licence.State.REVOKED);
        assertThat(f.toldAfter(before))
                .containsExactly(EventContract.Told.ofStyle(Kind.LICENCE_REVOKED, f.worker, style, 0));
        Job job = f.ledger().submit(f.requester, RoyaltyContract.submission(f, 1000, style), key());

        f.assertRefused(ErrorCode.LICENCE_MISSING, () -> f.exchange().claim(f.worker, job.id(), ASK, LEASE, key()));
        f.assertRefused(
                ErrorCode.LICENCE_STATE_CONFLICT,
                () -> f.styles().revokeLicence(f.other, style, f.worker.account(), key()));
    }

    @Test
    default void licencesAreListedByAccount() {
        LedgerFixture f = fixture();
        StyleId style = sealedModel(f).id();
        List<Licence> licences = Stream.of(f.worker, f.requester, f.other)
                .map(holder -> grant(f, style, holder))
                .sorted(Comparator.comparing(Licence::holder))
                .toList();

        assertThat(f.styles().licences(style)).isEqualTo(licences);
        assertThat(f.styles().licences(new StyleId(99))).isEmpty();
    }

    @Test
    default void everyWriteOfLicencesHappensOnceUnderItsKey() {
        LedgerFixture f = fixture();
        f.fund(f.worker, Amount.of(100));
        StyleId style = sealedModel(f).id();
        f.twice(key -> f.styles().buyLicence(f.worker, style, PUBLIC_KEY, Amount.of(40), key));
        f.twice(key -> f.styles().withdrawLicence(f.worker, style, key));
        buy(f, style);
        f.twice(key -> f.styles()
                .grantLicence(f.other, style, f.worker.account(), PUBLIC_KEY, WRAPPED_KEY, Optional.empty(), key));
        f.twice(key -> f.styles().revokeLicence(f.other, style, f.worker.account(), key));

        assertThat(f.balance(f.worker)).isEqualTo(coins(60, 0));
    }

    @Test
    default void licencesSurviveReopening() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.REOPENS);
        f.fund(f.worker, Amount.of(100));
        StyleId style = sealedModel(f).id();
        Licence pending = buy(f, style);
        Licence granted = grant(f, style, f.requester);
        f.reopen();

        assertThat(f.styles().licence(style, f.worker.account())).contains(pending);
        assertThat(f.styles().licence(style, f.requester.account())).contains(granted);
        assertThat(f.balance(f.worker)).isEqualTo(coins(60, 40));
    }

    private static StyleModel sealedModel(LedgerFixture f) {
        return f.register(new StyleRegistration(
                SampleStyles.manifest("sealed", true),
                new StyleTerms(Amount.of(1), Amount.of(40), Optional.of(MONTH), Optional.empty()),
                SplitTable.OWNER_ONLY,
                List.of(),
                Optional.empty()));
    }

    private static Licence buy(LedgerFixture f, StyleId style) {
        return f.styles().buyLicence(f.worker, style, PUBLIC_KEY, Amount.of(40), key());
    }

    private static Licence grant(LedgerFixture f, StyleId style, Signer holder) {
        return f.styles()
                .grantLicence(f.other, style, holder.account(), PUBLIC_KEY, WRAPPED_KEY, Optional.empty(), key());
    }
}
