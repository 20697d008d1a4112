package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import io.dreamprotocol.core.style.StyleUsage;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules of style models as tokens: registration, ownership and terms. */
public final class StyleRules {
    private StyleRules() {}

    /**
     * Registers a style model.
     *
     * @param creator who registers it
     * @param registration what it is
     * @param maximumCost the most that the parents may cost together
     * @param view the ledger
     * @param now the ledger's time
     * @return the change, whose posting fails if the creator has too little
     * @throws DreamException as {@link StyleRegistry#register} says
     */
    public static Change<StyleModel> register(
            AccountId creator, StyleRegistration registration, Amount maximumCost, LedgerView view, Instant now) {
        requireSmall(registration.manifest());
        requireNew(registration, view);
        registration.split().coOwners().forEach(share -> Refusals.requirePerson(share.account()));
        Map<StyleId, BigInteger> price = new HashMap<>();
        int depth = 0;
        Set<StyleId> ancestors = new HashSet<>();
        for (Parent link : registration.parents()) {
            StyleModel parent = Refusals.style(view, link.style());
            price.put(parent.id(), derivePrice(parent, creator).units());
            depth = Math.max(depth, parent.depth() + 1);
            addWithAncestors(parent, view, ancestors);
        }
        requireShallow(depth, ancestors);
        BigInteger cost = price.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
        requireAtMost(cost, maximumCost, "The parents cost");
        StyleModel model = new StyleModel(
                view.nextStyle(),
                creator,
                creator,
                Optional.empty(),
                registration.manifest(),
                registration.terms(),
                registration.split(),
                registration.parents(),
                registration.contributors(),
                depth,
                now,
                StyleUsage.NONE);
        RoyaltyRules.Distribution paid = RoyaltyRules.distribute(price, view);
        Payments payments = new Payments()
                .give(creator, paid.remainder().units().subtract(cost))
                .give(paid.payments());
        List<Record> writes = new ArrayList<>();
        writes.add(model);
        writes.addAll(paid.earned());
        return new Change<>(
                model,
                payments.postings(),
                writes,
                List.of(Notice.of(LedgerEvent.Kind.STYLE_REGISTERED, creator, model.id(), new Amount(cost))));
    }

    private static void requireSmall(StyleManifest manifest) {
        if (manifest.encode().length > StyleManifest.MAX_BYTES) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_MANIFEST,
                    "A style model's manifest has at most " + StyleManifest.MAX_BYTES
                            + " bytes; name fewer files, or shorter ones");
        }
    }

    private static void requireNew(StyleRegistration registration, LedgerView view) {
        String name = registration.manifest().name();
        if (view.styleNamed(name).isPresent()) {
            throw exists("The name '" + name + "' is taken by style model "
                    + view.styleNamed(name).get().id() + "; choose another");
        }
        Optional<StyleModel> same =
                view.styleOfFile(registration.manifest().principal().sha256());
        if (same.isPresent()) {
            throw exists("The file " + registration.manifest().principal().path() + " is style model "
                    + same.get().id() + ", '" + same.get().manifest().name() + "', already");
        }
    }

    /** What an account pays to derive from a model: nothing for its owner. */
    static Amount derivePrice(StyleModel parent, AccountId creator) {
        if (parent.owner().equals(creator)) {
            return Amount.ZERO;
        }
        return parent.terms()
                .derivePrice()
                .orElseThrow(() -> Refusals.notPermitted("The owner of style model " + parent.id()
                        + " allows no models derived from it; ask the owner"));
    }

    private static void addWithAncestors(StyleModel model, LedgerView view, Set<StyleId> ancestors) {
        if (ancestors.add(model.id())) {
            for (Parent parent : model.parents()) {
                addWithAncestors(Refusals.style(view, parent.style()), view, ancestors);
            }
        }
    }

    private static void requireShallow(int depth, Set<StyleId> ancestors) {
        if (depth > StyleRegistration.MAX_DEPTH || ancestors.size() > StyleRegistration.MAX_ANCESTORS) {
            throw new ConflictException(
                    ErrorCode.INVALID_SHARES,
                    "A style model has at most " + StyleRegistration.MAX_DEPTH + " generations and "
                            + StyleRegistration.MAX_ANCESTORS + " models before it; this one would have " + depth
                            + " and "
                            + ancestors.size());
        }
    }

    static void requireAtMost(BigInteger cost, Amount maximum, String what) {
        if (cost.compareTo(maximum.units()) > 0) {
            throw new ConflictException(
                    ErrorCode.PRICE_TOO_HIGH,
                    what + " " + cost + " smallest units, which is more than the " + maximum + " allowed");
        }
    }

    private static ConflictException exists(String message) {
        return new ConflictException(ErrorCode.STYLE_EXISTS, message);
    }

    /**
     * Gives a style model to another owner.
     *
     * @param by who does so
     * @param style the model
     * @param to the new owner
     * @param view the ledger
     * @return the change
     * @throws DreamException as {@link StyleRegistry#transfer} says
     */
    public static Change<StyleModel> transfer(AccountId by, StyleId style, AccountId to, LedgerView view) {
        StyleModel model = Refusals.style(view, style);
        boolean allowed = isOwnerOrOperator(by, model, view)
                || model.approved().filter(by::equals).isPresent();
        if (!allowed) {
            throw Refusals.notPermitted(
                    "Style model " + style + " is " + model.owner().abbreviated()
                            + "'s; only its owner, who the owner approved, or an operator may transfer it");
        }
        Refusals.requirePerson(to);
        return changed(model.withOwner(to), LedgerEvent.Kind.STYLE_TRANSFERRED, to);
    }

    /**
     * Lets another account transfer a style model once.
     *
     * @param by who says so
     * @param style the model
     * @param spender who may
     * @param view the ledger
     * @return the change
     * @throws DreamException as {@link StyleRegistry#approve} says
     */
    public static Change<StyleModel> approve(
            AccountId by, StyleId style, Optional<AccountId> spender, LedgerView view) {
        StyleModel model = Refusals.style(view, style);
        if (!isOwnerOrOperator(by, model, view)) {
            throw Refusals.notPermitted(
                    "Only the owner of style model " + style + ", or an operator, may approve others");
        }
        return changed(model.withApproved(spender), LedgerEvent.Kind.STYLE_APPROVED, by);
    }

    private static boolean isOwnerOrOperator(AccountId by, StyleModel model, LedgerView view) {
        return by.equals(model.owner()) || view.isOperator(model.owner(), by);
    }

    /**
     * Lets another account transfer all style models of an account, or ends that.
     *
     * @param owner whose models
     * @param operator who may
     * @param approved whether it may
     * @return the change
     * @throws DreamException as {@link StyleRegistry#approveAll} says
     */
    public static Change<OperatorApproval> approveAll(AccountId owner, AccountId operator, boolean approved) {
        if (owner.equals(operator)) {
            throw Refusals.invalid("An account need not approve itself");
        }
        OperatorApproval approval = new OperatorApproval(owner, operator, approved);
        return new Change<>(
                approval,
                List.of(),
                List.of(approval),
                List.of(Notice.of(LedgerEvent.Kind.OPERATOR_CHANGED, owner, Amount.ZERO)));
    }

    /**
     * Changes the terms of a style model.
     *
     * @param by who does so
     * @param style the model
     * @param terms the new terms
     * @param view the ledger
     * @return the change
     * @throws DreamException as {@link StyleRegistry#changeTerms} says
     */
    public static Change<StyleModel> changeTerms(AccountId by, StyleId style, StyleTerms terms, LedgerView view) {
        StyleModel model = Refusals.style(view, style);
        requireOwner(by, model, "change its terms");
        return changed(model.withTerms(terms), LedgerEvent.Kind.STYLE_TERMS_CHANGED, by);
    }

    static void requireOwner(AccountId by, StyleModel model, String what) {
        if (!by.equals(model.owner())) {
            throw Refusals.notPermitted("Only the owner of style model " + model.id() + " may " + what);
        }
    }

    private static Change<StyleModel> changed(StyleModel model, LedgerEvent.Kind kind, AccountId account) {
        return new Change<>(
                model, List.of(), List.of(model), List.of(Notice.of(kind, account, model.id(), Amount.ZERO)));
    }
}
