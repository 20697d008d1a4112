package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.round.RoundTerms;
import io.dreamprotocol.core.style.StyleRegistration;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * Co-creation rounds: many put in money, images and compute for a new style model, and own it together.
 *
 * <p>Every write is one whole and carries an {@link IdempotencyKey}, as the {@link Ledger}'s do; each may throw {@code
 * idempotency-conflict} and, for an unknown round, {@code round-not-found}. Thread-safe.
 */
public interface Rounds {
    /**
     * Starts a round.
     *
     * @param organiser who will train the model and own it with the others
     * @param terms what it is for
     * @param key names this write
     * @return the open round
     * @throws DreamException {@code style-not-found} if the base is missing, {@code not-permitted} if its owner allows no derived models,
     *     {@code invalid-request} if the deadline has passed or is more than a year away
     */
    Round start(Signer organiser, RoundTerms terms, IdempotencyKey key);

    /**
     * Puts something into a round. Money goes into escrow; images and compute count once the organiser {@linkplain #accept accepts} them.
     *
     * @param pledger who
     * @param round the round
     * @param kind what
     * @param quantity how much, in the kind's units
     * @param evidence the Merkle root over the digests of all images that this account pledged; for images only
     * @param key names this write
     * @return all that this account pledged of this kind
     * @throws DreamException {@code round-state-conflict} if the round has ended, its deadline has passed, or it has {@link
     *     Round#MAX_PLEDGES}; {@code insufficient-funds}, {@code invalid-request}
     */
    Pledge pledge(
            Signer pledger,
            RoundId round,
            Pledge.Kind kind,
            BigInteger quantity,
            Optional<Bytes> evidence,
            IdempotencyKey key);

    /**
     * Says that pledged images or compute came.
     *
     * @param organiser the round's organiser
     * @param round the round
     * @param pledger whose pledge
     * @param kind what
     * @param key names this write
     * @return the pledge, which counts now
     * @throws DreamException {@code not-permitted} to others, {@code round-state-conflict} if the round has ended or there is no such
     *     pledge
     */
    Pledge accept(Signer organiser, RoundId round, AccountId pledger, Pledge.Kind kind, IdempotencyKey key);

    /**
     * Ends a round in its new style model: registers it, pays its parent, and gives the organiser the rest of the money.
     *
     * @param organiser the round's organiser
     * @param round the round
     * @param registration the new model, with the parent, the split table and the contributors' root that {@link
     *     io.dreamprotocol.core.rules.RoundRules} makes of the pledges
     * @param key names this write
     * @return the concluded round
     * @throws DreamException {@code not-permitted} to others; {@code round-state-conflict} if it has ended, its deadline has passed or its
     *     goal is not reached; {@code invalid-shares} if the registration has other shares than follow from the pledges; as {@link
     *     StyleRegistry#register} does
     */
    Round conclude(Signer organiser, RoundId round, StyleRegistration registration, IdempotencyKey key);

    /**
     * Gives everyone their money back. The organiser may do so at any time, anyone else once the deadline has passed.
     *
     * @param by who
     * @param round the round
     * @param key names this write
     * @return the refunded round
     * @throws DreamException {@code not-permitted}, {@code round-state-conflict} if it has ended
     */
    Round refund(Signer by, RoundId round, IdempotencyKey key);

    /**
     * Looks up a round.
     *
     * @param round its number
     * @return the round, if there is one
     */
    Optional<Round> find(RoundId round);

    /**
     * Lists rounds, the newest first.
     *
     * @param limit how many at most, 1 to 1,000
     * @return the rounds
     */
    List<Round> newest(int limit);

    /**
     * Lists what was put into a round.
     *
     * @param round the round
     * @return the pledges in the order in which they were first made
     */
    List<Pledge> pledges(RoundId round);
}
