package io.dreamprotocol.core.round;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.math.BigInteger;
import java.util.Objects;
import java.util.Optional;

/**
 * What one account puts into a round, one pledge of each kind; pledging again adds to it.
 *
 * @param round the round
 * @param account who pledges
 * @param kind what
 * @param quantity how much: smallest units of money, images, or megapixel-steps of compute; 1 to 2^128 - 1
 * @param evidence the Merkle root over the images' SHA-256 digests; for pledges of images only
 * @param accepted whether it counts: money does at once, images and compute when the organiser says that they came
 */
public record Pledge(
        RoundId round, AccountId account, Kind kind, BigInteger quantity, Optional<Bytes> evidence, boolean accepted) {
    /** What is pledged. */
    public enum Kind {
        /** Money, into escrow at once. */
        MONEY,
        /** Training images. */
        IMAGES,
        /** Work on a GPU. */
        COMPUTE
    }

    /**
     * Checks the ranges.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST}
     */
    public Pledge {
        Objects.requireNonNull(round, "round");
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(evidence, "evidence");
        if (quantity.signum() < 1 || quantity.bitLength() > 128) {
            throw new InvalidInputException(ErrorCode.INVALID_REQUEST, "A pledge is of 1 to 2^128 - 1 units");
        }
        if (evidence.isPresent() != (kind == Kind.IMAGES)
                || evidence.map(Bytes::length).orElse(32) != 32) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, "A pledge of images, and no other, has a Merkle root of 32 bytes");
        }
    }
}
