package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The library of style models: registers them as non-fungible tokens, sells licences, and pays contributors.
 *
 * <p>Every write is one whole and carries an {@link IdempotencyKey}, as the {@link Ledger}'s do; each may throw {@code
 * idempotency-conflict} and, for an unknown model, {@code style-not-found}. Thread-safe.
 */
public interface StyleRegistry {
    /**
     * Registers a style model, whose owner the creator becomes, and pays its parents for the leave to derive from them.
     *
     * @param creator who registers it
     * @param registration what it is
     * @param maximumCost the most that the parents may cost together
     * @param key names this write
     * @return the model
     * @throws DreamException {@code style-exists} if the name is taken, or the principal file registered; {@code style-not-found} if a
     *     parent is missing, {@code not-permitted} if one does not allow derived models, {@code price-too-high}, {@code
     *     insufficient-funds}, {@code invalid-shares} if there are too many generations or ancestors
     */
    StyleModel register(Signer creator, StyleRegistration registration, Amount maximumCost, IdempotencyKey key);

    /**
     * Gives a style model to another owner.
     *
     * @param by the owner, the approved account or an operator of the owner
     * @param style the model
     * @param to the new owner
     * @param key names this write
     * @return the model
     * @throws DreamException {@code not-permitted} to others; {@code invalid-request} for an account that nobody can sign for
     */
    StyleModel transfer(Signer by, StyleId style, AccountId to, IdempotencyKey key);

    /**
     * Lets another account transfer a style model once.
     *
     * @param by the owner, or an operator of the owner
     * @param style the model
     * @param spender who may; nobody if empty
     * @param key names this write
     * @return the model
     * @throws DreamException {@code not-permitted} to others
     */
    StyleModel approve(Signer by, StyleId style, Optional<AccountId> spender, IdempotencyKey key);

    /**
     * Lets another account transfer all style models of an account, or ends that.
     *
     * @param owner whose models
     * @param operator who may
     * @param approved whether it may
     * @param key names this write
     * @throws DreamException {@code invalid-request} if it is the owner itself
     */
    void approveAll(Signer owner, AccountId operator, boolean approved, IdempotencyKey key);

    /**
     * Changes what the use of a style model costs from now on.
     *
     * @param owner its owner
     * @param style the model
     * @param terms the new terms
     * @param key names this write
     * @return the model
     * @throws DreamException {@code not-permitted} to others
     */
    StyleModel changeTerms(Signer owner, StyleId style, StyleTerms terms, IdempotencyKey key);

    /**
     * Looks up a style model.
     *
     * @param style its number
     * @return the model, if there is one
     */
    Optional<StyleModel> find(StyleId style);

    /**
     * Looks up a style model.
     *
     * @param name its name
     * @return the model, if there is one
     */
    Optional<StyleModel> named(String name);

    /**
     * Looks up the style model whose principal file this is.
     *
     * @param sha256 the file's digest
     * @return the model, if there is one
     */
    Optional<StyleModel> ofFile(Bytes sha256);

    /**
     * Searches the library.
     *
     * @param query which models
     * @return a page of them
     * @throws DreamException {@code style-not-found} if the query continues behind an unknown model
     */
    List<StyleModel> search(StyleQuery query);

    /**
     * Tells whether an account may transfer every style model of another.
     *
     * @param owner whose models
     * @param operator who
     * @return true if it may
     */
    boolean isOperator(AccountId owner, AccountId operator);

    /**
     * Buys a licence for a sealed style model. The price lies in escrow until the owner hands over the key.
     *
     * @param worker who wants to run it
     * @param style the model
     * @param publicKey the worker's X25519 key, to which the model's key shall be wrapped, 32 bytes
     * @param maximumPrice the most that it may cost
     * @param key names this write
     * @return the licence, which is pending
     * @throws DreamException {@code price-too-high}, {@code insufficient-funds}, {@code invalid-request} if the model is open or the key no
     *     key, {@code licence-state-conflict} if the worker has one that is pending or stands
     */
    Licence buyLicence(Signer worker, StyleId style, Bytes publicKey, Amount maximumPrice, IdempotencyKey key);

    /**
     * Takes the money for a licence back, as long as the owner has not handed over the key.
     *
     * @param worker who bought it
     * @param style the model
     * @param key names this write
     * @return the licence, which is withdrawn
     * @throws DreamException {@code licence-missing}, {@code licence-state-conflict} if it is not pending
     */
    Licence withdrawLicence(Signer worker, StyleId style, IdempotencyKey key);

    /**
     * Hands over the key for a licence that is pending, for which the model then earns; or gives a licence away.
     *
     * @param owner the model's owner
     * @param style the model
     * @param holder the worker
     * @param publicKey the worker's key to which the model's is wrapped; that of the pending licence if there is one
     * @param wrappedKey the model's key, as a {@link io.dreamprotocol.core.storage.SealedBlob}
     * @param time how long a licence that is given away lasts, for ever if empty; a bought one lasts as its terms said
     * @param key names this write
     * @return the licence, which stands
     * @throws DreamException {@code not-permitted} to others, {@code invalid-request} if the model is open, a key no key, or the time
     *     not between a second and {@link StyleTerms#MAX_LICENCE_TIME}
     */
    Licence grantLicence(
            Signer owner,
            StyleId style,
            AccountId holder,
            Bytes publicKey,
            Bytes wrappedKey,
            Optional<Duration> time,
            IdempotencyKey key);

    /**
     * Ends a licence for the future.
     *
     * @param owner the model's owner
     * @param style the model
     * @param holder the worker
     * @param key names this write
     * @return the licence, which is revoked
     * @throws DreamException {@code not-permitted} to others, {@code licence-missing}, {@code licence-state-conflict} if it does not
     *     stand
     */
    Licence revokeLicence(Signer owner, StyleId style, AccountId holder, IdempotencyKey key);

    /**
     * Looks up a licence.
     *
     * @param style the model
     * @param holder the worker
     * @return the latest one, whatever its state
     */
    Optional<Licence> licence(StyleId style, AccountId holder);

    /**
     * Lists the licences of a style model.
     *
     * @param style the model
     * @return the latest one of each worker, by account
     */
    List<Licence> licences(StyleId style);

    /**
     * Claims a contributor's part of a style model's pool: {@code floor(pooled x weight / total weight)} less what was claimed before.
     *
     * @param contributor the contributor
     * @param style the model
     * @param weight its weight
     * @param proof that the contributor has this weight in the model's contributors' tree
     * @param key names this write
     * @return all its claims
     * @throws DreamException {@code proof-invalid}, {@code nothing-to-claim}
     */
    PoolClaim claim(Signer contributor, StyleId style, long weight, MerkleProof proof, IdempotencyKey key);

    /**
     * Returns what a contributor has claimed.
     *
     * @param style the model
     * @param contributor the contributor
     * @return its claims, nothing if it made none
     */
    PoolClaim claimed(StyleId style, AccountId contributor);
}
