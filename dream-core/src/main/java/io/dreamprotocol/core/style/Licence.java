package io.dreamprotocol.core.style;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.money.Amount;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A worker's licence to run a sealed style model: the model's key, wrapped so that only the worker can read it.
 *
 * <p>What was paid lies in escrow until the owner hands over the key; before that the worker may take it back.
 *
 * @param style the model
 * @param holder the worker
 * @param publicKey the worker's X25519 key to which the model's key is wrapped, 32 bytes
 * @param paid what the worker paid; nothing for a licence that was given
 * @param state where it stands
 * @param wrappedKey the model's key as a {@link io.dreamprotocol.core.storage.SealedBlob}; there once the owner handed it over
 * @param since when it came into its state, by the ledger's clock
 * @param time how long it lasts from the handing over, in milliseconds; for ever if empty
 */
public record Licence(
        StyleId style,
        AccountId holder,
        Bytes publicKey,
        Amount paid,
        State state,
        Optional<Bytes> wrappedKey,
        Instant since,
        Optional<Long> time) {
    /** The most bytes of a wrapped key: 256. */
    public static final int MAX_WRAPPED_KEY = 256;

    /** Where a licence stands. */
    public enum State {
        /** It is paid, and the owner has still to hand over the key. */
        PENDING,
        /** The worker has the key. */
        GRANTED,
        /** The worker took its money back before it had the key. */
        WITHDRAWN,
        /** The owner ended it. What the worker knows it still knows, but it gets no more jobs for this model. */
        REVOKED
    }

    /** Checks that every part is there. */
    public Licence {
        Objects.requireNonNull(style, "style");
        Objects.requireNonNull(holder, "holder");
        Objects.requireNonNull(publicKey, "publicKey");
        Objects.requireNonNull(paid, "paid");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(wrappedKey, "wrappedKey");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(time, "time");
    }

    /**
     * Tells whether the worker may run the model now.
     *
     * @param now the ledger's time
     * @return true from the handing over until it ends or is revoked
     */
    public boolean allows(Instant now) {
        return state == State.GRANTED && (time.isEmpty() || now.isBefore(since.plusMillis(time.get())));
    }
}
