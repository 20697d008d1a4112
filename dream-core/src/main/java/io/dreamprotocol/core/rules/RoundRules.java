package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.Rounds;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.round.RoundTerms;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The rules of co-creation rounds.
 *
 * <p>The new model's shares follow from what each put in. Its parent is the round's base; its owner, the organiser, has the organiser's
 * parts; the rest is the contributors' pool, in which every pledger has a weight: each kind's parts are divided among its pledges by
 * quantity.
 */
public final class RoundRules {
    /** The longest round: 366 days. */
    public static final Duration MAX_TIME = Duration.ofDays(366);

    /** One part of a kind's share is this much weight, so that small pledges count too: 10^9. */
    private static final BigInteger WEIGHT_OF_PART = BigInteger.valueOf(1_000_000_000);

    private RoundRules() {}

    /**
     * Starts a round.
     *
     * @param organiser who starts it
     * @param terms what it is for
     * @param view the ledger
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link Rounds#start} says
     */
    public static Change<Round> start(AccountId organiser, RoundTerms terms, LedgerView view, Instant now) {
        StyleModel base = Refusals.style(view, terms.base());
        Amount unused = StyleRules.derivePrice(base, organiser);
        if (!terms.deadline().isAfter(now) || terms.deadline().isAfter(now.plus(MAX_TIME))) {
            throw Refusals.invalid("A round's deadline lies ahead, by at most " + MAX_TIME.toDays() + " days");
        }
        Round round =
                new Round(view.nextRound(), organiser, terms, Round.State.OPEN, now, Amount.ZERO, 0, Optional.empty());
        return new Change<>(
                round,
                List.of(),
                List.of(round),
                List.of(Notice.of(LedgerEvent.Kind.ROUND_STARTED, organiser, round.id(), terms.goal())));
    }

    /**
     * Puts something into a round.
     *
     * @param account who
     * @param id the round
     * @param kind what
     * @param quantity how much
     * @param evidence the images' root
     * @param view the ledger
     * @param now the ledger's time
     * @return the change, whose posting fails if the pledger has too little
     * @throws DreamException as {@link Rounds#pledge} says
     */
    public static Change<Pledge> pledge(
            AccountId account,
            RoundId id,
            Pledge.Kind kind,
            BigInteger quantity,
            Optional<Bytes> evidence,
            LedgerView view,
            Instant now) {
        Round round = takingPledges(view, id, now);
        Pledge addition = new Pledge(id, account, kind, quantity, evidence, kind == Pledge.Kind.MONEY);
        Optional<Pledge> before = find(view, id, account, kind);
        if (before.isEmpty() && round.pledges() >= Round.MAX_PLEDGES) {
            throw conflict("Round " + id + " has " + Round.MAX_PLEDGES + " pledges and takes no more");
        }
        Pledge pledge = before.isEmpty()
                ? addition
                : new Pledge(
                        id, account, kind, before.get().quantity().add(quantity), evidence, kind == Pledge.Kind.MONEY);
        BigInteger money = kind == Pledge.Kind.MONEY ? quantity : BigInteger.ZERO;
        Round raised = new Round(
                id,
                round.organiser(),
                round.terms(),
                round.state(),
                round.since(),
                round.raised().plus(new Amount(money)),
                round.pledges() + (before.isEmpty() ? 1 : 0),
                round.result());
        return new Change<>(
                pledge,
                new Payments().putIntoEscrow(account, money).postings(),
                List.of(raised, pledge),
                List.of(Notice.of(LedgerEvent.Kind.ROUND_PLEDGED, account, id, new Amount(money))));
    }

    /**
     * Says that pledged images or compute came.
     *
     * @param organiser who says so
     * @param id the round
     * @param pledger whose pledge
     * @param kind what
     * @param view the ledger
     * @return the change
     * @throws DreamException as {@link Rounds#accept} says
     */
    public static Change<Pledge> accept(
            AccountId organiser, RoundId id, AccountId pledger, Pledge.Kind kind, LedgerView view) {
        Round round = open(view, id);
        requireOrganiser(organiser, round);
        Pledge pledge = find(view, id, pledger, kind)
                .orElseThrow(() -> conflict("Account " + pledger.abbreviated() + " pledged nothing of that kind"));
        Pledge accepted = new Pledge(id, pledger, kind, pledge.quantity(), pledge.evidence(), true);
        return new Change<>(
                accepted,
                List.of(),
                List.of(accepted),
                List.of(Notice.of(LedgerEvent.Kind.ROUND_ACCEPTED, pledger, id, Amount.ZERO)));
    }

    /**
     * Returns what the pledges make of the contributors: each pledger's weight, in the order of the accounts.
     *
     * @param terms the round's terms
     * @param pledges its pledges, of which those that are accepted count
     * @return the contributions; empty if none counts
     */
    public static List<Contribution> contributions(RoundTerms terms, List<Pledge> pledges) {
        Map<Pledge.Kind, BigInteger> totals = new EnumMap<>(Pledge.Kind.class);
        for (Pledge pledge : pledges) {
            if (pledge.accepted()) {
                totals.merge(pledge.kind(), pledge.quantity(), BigInteger::add);
            }
        }
        Map<AccountId, BigInteger> weights = new TreeMap<>();
        for (Pledge pledge : pledges) {
            if (pledge.accepted()) {
                BigInteger parts = BigInteger.valueOf(
                        switch (pledge.kind()) {
                            case MONEY -> terms.money();
                            case IMAGES -> terms.images();
                            case COMPUTE -> terms.compute();
                        });
                BigInteger weight = parts.multiply(WEIGHT_OF_PART)
                        .multiply(pledge.quantity())
                        .divide(totals.get(pledge.kind()));
                weights.merge(pledge.account(), weight, BigInteger::add);
            }
        }
        List<Contribution> contributions = new ArrayList<>();
        weights.forEach((account, weight) -> {
            if (weight.signum() > 0) {
                contributions.add(new Contribution(account, weight.longValueExact()));
            }
        });
        return contributions;
    }

    /**
     * Returns the parts of the new model that follow from the pledges: the split table.
     *
     * @param terms the round's terms
     * @return the organiser's parts for the owner, the rest for the contributors
     */
    public static SplitTable split(RoundTerms terms) {
        return new SplitTable(terms.organiser(), List.of(), Share.WHOLE - terms.organiser());
    }

    /**
     * Returns the commitment to the contributors that follows from the pledges.
     *
     * @param contributions what {@link #contributions} returned, not empty
     * @return the root, without a place where the list lies
     */
    public static ContributorsRoot root(List<Contribution> contributions) {
        MerkleTree.Builder tree = MerkleTree.builder();
        long total = 0;
        for (Contribution contribution : contributions) {
            tree.add(contribution.encode());
            total += contribution.weight();
        }
        return new ContributorsRoot(tree.build().root(), contributions.size(), total, Optional.empty());
    }

    /**
     * Ends a round in its new style model.
     *
     * @param organiser who ends it
     * @param id the round
     * @param registration the new model
     * @param view the ledger
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link Rounds#conclude} says
     */
    public static Change<Round> conclude(
            AccountId organiser, RoundId id, StyleRegistration registration, LedgerView view, Instant now) {
        Round round = takingPledges(view, id, now);
        requireOrganiser(organiser, round);
        RoundTerms terms = round.terms();
        if (round.raised().compareTo(terms.goal()) < 0) {
            throw conflict("Round " + id + " has raised " + round.raised() + " of " + terms.goal()
                    + " smallest units; wait for more pledges, or refund it");
        }
        List<Pledge> pledges = view.pledges(id);
        requireShares(registration, terms, pledges);
        Change<StyleModel> registered = StyleRules.register(organiser, registration, round.raised(), view, now);
        Payments payments = new Payments().give(organiser, round.raised().units());
        for (Pledge pledge : pledges) {
            if (pledge.kind() == Pledge.Kind.MONEY) {
                payments.takeFromEscrow(pledge.account(), pledge.quantity());
            }
        }
        for (Posting posting : registered.postings()) {
            payments.give(posting.account(), posting.available());
        }
        Round concluded = new Round(
                id,
                organiser,
                terms,
                Round.State.CONCLUDED,
                now,
                round.raised(),
                round.pledges(),
                Optional.of(registered.result().id()));
        List<Record> writes = new ArrayList<>(registered.writes());
        writes.add(concluded);
        List<Notice> notices = new ArrayList<>(registered.notices());
        notices.add(Notice.of(LedgerEvent.Kind.ROUND_CONCLUDED, organiser, id, round.raised()));
        return new Change<>(concluded, payments.postings(), writes, notices);
    }

    private static void requireShares(StyleRegistration registration, RoundTerms terms, List<Pledge> pledges) {
        ContributorsRoot expected = root(contributions(terms, pledges));
        boolean fits = registration.parents().equals(List.of(new Parent(terms.base(), terms.baseParts())))
                && registration.split().equals(split(terms))
                && registration
                        .contributors()
                        .filter(root -> root.root().equals(expected.root())
                                && root.count() == expected.count()
                                && root.totalWeight() == expected.totalWeight())
                        .isPresent();
        if (!fits) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_SHARES,
                    "The new model's parent, split table and contributors must be those that follow from the pledges");
        }
    }

    /**
     * Gives everyone their money back.
     *
     * @param by who does so
     * @param id the round
     * @param view the ledger
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link Rounds#refund} says
     */
    public static Change<Round> refund(AccountId by, RoundId id, LedgerView view, Instant now) {
        Round round = open(view, id);
        if (!by.equals(round.organiser()) && now.isBefore(round.terms().deadline())) {
            throw Refusals.notPermitted("Only its organiser may refund round " + id + " before "
                    + round.terms().deadline());
        }
        Payments payments = new Payments();
        for (Pledge pledge : view.pledges(id)) {
            if (pledge.kind() == Pledge.Kind.MONEY) {
                payments.putBack(pledge.account(), pledge.quantity());
            }
        }
        Round refunded = new Round(
                id,
                round.organiser(),
                round.terms(),
                Round.State.REFUNDED,
                now,
                round.raised(),
                round.pledges(),
                Optional.empty());
        return new Change<>(
                refunded,
                payments.postings(),
                List.of(refunded),
                List.of(Notice.of(LedgerEvent.Kind.ROUND_REFUNDED, by, id, round.raised())));
    }

    private static Optional<Pledge> find(LedgerView view, RoundId id, AccountId account, Pledge.Kind kind) {
        return view.pledges(id).stream()
                .filter(pledge -> pledge.account().equals(account) && pledge.kind() == kind)
                .findFirst();
    }

    private static Round takingPledges(LedgerView view, RoundId id, Instant now) {
        Round round = open(view, id);
        if (!now.isBefore(round.terms().deadline())) {
            throw conflict("The deadline of round " + id + " has passed; it can only be refunded");
        }
        return round;
    }

    private static Round open(LedgerView view, RoundId id) {
        Round round = view.round(id)
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.ROUND_NOT_FOUND, "There is no round " + id + " on this ledger; list the rounds"));
        if (round.state() != Round.State.OPEN) {
            throw conflict("Round " + id + " has ended");
        }
        return round;
    }

    private static void requireOrganiser(AccountId account, Round round) {
        if (!account.equals(round.organiser())) {
            throw Refusals.notPermitted("Only its organiser may do this with round " + round.id());
        }
    }

    private static ConflictException conflict(String message) {
        return new ConflictException(ErrorCode.ROUND_STATE_CONFLICT, message);
    }
}
