package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The rules of licences for sealed style models. What a worker pays waits in its escrow for the key. */
public final class LicenceRules {
    private static final int PUBLIC_KEY_BYTES = 32;

    private LicenceRules() {}

    /**
     * Buys a licence.
     *
     * @param worker who buys
     * @param style the model
     * @param publicKey the key to which the model's key shall be wrapped
     * @param maximumPrice the most that it may cost
     * @param view the ledger
     * @param now the ledger's time
     * @return the change, whose posting fails if the worker has too little
     * @throws DreamException as {@link StyleRegistry#buyLicence} says
     */
    public static Change<Licence> buy(
            AccountId worker, StyleId style, Bytes publicKey, Amount maximumPrice, LedgerView view, Instant now) {
        StyleModel model = sealed(view, style);
        requirePublicKey(publicKey);
        Optional<Licence> before = view.licence(style, worker);
        if (before.filter(licence -> licence.state() == Licence.State.PENDING || licence.allows(now))
                .isPresent()) {
            throw conflict("This worker has a licence for style model " + style + " already, or waits for its key");
        }
        Amount price = model.terms().licencePrice();
        StyleRules.requireAtMost(price.units(), maximumPrice, "A licence for style model " + style + " costs");
        Licence licence = new Licence(
                style,
                worker,
                publicKey,
                price,
                Licence.State.PENDING,
                Optional.empty(),
                now,
                model.terms().licenceTime().map(Duration::toMillis));
        return new Change<>(
                licence,
                new Payments().putIntoEscrow(worker, price.units()).postings(),
                List.of(licence),
                List.of(Notice.of(LedgerEvent.Kind.LICENCE_BOUGHT, worker, style, price)));
    }

    /**
     * Takes the money for a licence back.
     *
     * @param worker who bought it
     * @param style the model
     * @param view the ledger
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link StyleRegistry#withdrawLicence} says
     */
    public static Change<Licence> withdraw(AccountId worker, StyleId style, LedgerView view, Instant now) {
        Licence licence = licence(view, style, worker);
        if (licence.state() != Licence.State.PENDING) {
            throw conflict("The licence for style model " + style + " does not wait for its key any more");
        }
        Licence withdrawn = with(licence, Licence.State.WITHDRAWN, Optional.empty(), now);
        return new Change<>(
                withdrawn,
                new Payments().putBack(worker, licence.paid().units()).postings(),
                List.of(withdrawn),
                List.of(Notice.of(LedgerEvent.Kind.LICENCE_WITHDRAWN, worker, style, licence.paid())));
    }

    /**
     * Hands over a key: for a licence that was bought, for which the model then earns, or for one that is given away.
     *
     * @param owner who hands it over
     * @param style the model
     * @param holder the worker
     * @param publicKey the worker's key to which it is wrapped
     * @param wrappedKey the wrapped key
     * @param time how long a licence that is given away lasts
     * @param view the ledger
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link StyleRegistry#grantLicence} says
     */
    public static Change<Licence> grant(
            AccountId owner,
            StyleId style,
            AccountId holder,
            Bytes publicKey,
            Bytes wrappedKey,
            Optional<Duration> time,
            LedgerView view,
            Instant now) {
        StyleModel model = sealed(view, style);
        StyleRules.requireOwner(owner, model, "hand over its key");
        requirePublicKey(publicKey);
        if (wrappedKey.length() == 0 || wrappedKey.length() > Licence.MAX_WRAPPED_KEY) {
            throw Refusals.invalid("A wrapped key has 1 to " + Licence.MAX_WRAPPED_KEY + " bytes");
        }
        time.ifPresent(StyleTerms::requireLicenceTime);
        Optional<Licence> pending =
                view.licence(style, holder).filter(licence -> licence.state() == Licence.State.PENDING);
        if (pending.filter(licence -> !licence.publicKey().equals(publicKey)).isPresent()) {
            throw Refusals.invalid(
                    "The key is wrapped to another public key than the one of the licence that was bought");
        }
        Amount paid = pending.map(Licence::paid).orElse(Amount.ZERO);
        Licence granted = new Licence(
                style,
                holder,
                publicKey,
                paid,
                Licence.State.GRANTED,
                Optional.of(wrappedKey),
                now,
                pending.map(Licence::time).orElse(time.map(Duration::toMillis)));
        RoyaltyRules.Distribution income = RoyaltyRules.distribute(Map.of(style, paid.units()), view);
        List<Posting> postings = new Payments()
                .takeFromEscrow(holder, paid.units())
                .give(income.payments())
                .give(owner, income.remainder().units())
                .postings();
        List<Record> writes = new ArrayList<>();
        writes.add(granted);
        writes.addAll(income.earned());
        return new Change<>(
                granted, postings, writes, List.of(Notice.of(LedgerEvent.Kind.LICENCE_GRANTED, holder, style, paid)));
    }

    /**
     * Ends a licence for the future.
     *
     * @param owner who ends it
     * @param style the model
     * @param holder the worker
     * @param view the ledger
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link StyleRegistry#revokeLicence} says
     */
    public static Change<Licence> revoke(
            AccountId owner, StyleId style, AccountId holder, LedgerView view, Instant now) {
        StyleRules.requireOwner(owner, Refusals.style(view, style), "revoke its licences");
        Licence licence = licence(view, style, holder);
        if (licence.state() != Licence.State.GRANTED) {
            throw conflict("The licence for style model " + style + " does not stand, so it cannot be revoked");
        }
        Licence revoked = with(licence, Licence.State.REVOKED, licence.wrappedKey(), now);
        return new Change<>(
                revoked,
                List.of(),
                List.of(revoked),
                List.of(Notice.of(LedgerEvent.Kind.LICENCE_REVOKED, holder, style, Amount.ZERO)));
    }

    /**
     * Tells whether a worker may run a style model: an open one always, a sealed one as its owner or by a licence that stands.
     *
     * @param model the model
     * @param worker the worker
     * @param licence looks up the worker's latest licence for the model; asked only where it matters
     * @param now the time
     * @return true if it may
     */
    public static boolean allow(StyleModel model, AccountId worker, Supplier<Optional<Licence>> licence, Instant now) {
        return !model.manifest().sealed()
                || worker.equals(model.owner())
                || licence.get().filter(own -> own.allows(now)).isPresent();
    }

    /** Checks that a worker may run a style model now. */
    static void requireLicence(AccountId worker, StyleModel model, LedgerView view, Instant now) {
        if (!allow(model, worker, () -> view.licence(model.id(), worker), now)) {
            throw new ConflictException(
                    ErrorCode.LICENCE_MISSING,
                    "Style model " + model.id() + " is sealed, and this worker has no licence that stands; buy one");
        }
    }

    private static StyleModel sealed(LedgerView view, StyleId style) {
        StyleModel model = Refusals.style(view, style);
        if (!model.manifest().sealed()) {
            throw Refusals.invalid("Style model " + style + " is open and needs no licence");
        }
        return model;
    }

    private static void requirePublicKey(Bytes key) {
        if (key.length() != PUBLIC_KEY_BYTES) {
            throw Refusals.invalid("An X25519 public key has " + PUBLIC_KEY_BYTES + " bytes, not " + key.length());
        }
    }

    private static Licence licence(LedgerView view, StyleId style, AccountId holder) {
        return view.licence(style, holder)
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.LICENCE_MISSING,
                        "Account " + holder.abbreviated() + " has no licence for style model " + style));
    }

    private static Licence with(Licence licence, Licence.State state, Optional<Bytes> key, Instant now) {
        return new Licence(
                licence.style(),
                licence.holder(),
                licence.publicKey(),
                licence.paid(),
                state,
                key,
                now,
                licence.time());
    }

    private static ConflictException conflict(String message) {
        return new ConflictException(ErrorCode.LICENCE_STATE_CONFLICT, message);
    }
}
