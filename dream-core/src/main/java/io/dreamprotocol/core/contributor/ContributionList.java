package io.dreamprotocol.core.contributor;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.ContributorsRoot;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everyone who contributed to a style model, each account once, in the order of the accounts, with the Merkle tree over them.
 *
 * <p>The list has a file form, which goes into a blob store as it is: the letters {@code DCL1}, the number of contributors, and
 * for each the account and the weight. An Ed25519 account takes 33 bytes in it, other accounts one more than their text; numbers
 * are varints. Whoever reads it checks it against the {@link ContributorsRoot} on the ledger, so it may come from anywhere, and
 * anyone can make every contributor's proof from it.
 *
 * <p>Keeps the file form and the tree: about 105 bytes a contributor. Immutable and thread-safe.
 */
public final class ContributionList {
    /** The most contributors: ten million. */
    public static final int MAX_CONTRIBUTORS = 10_000_000;

    private static final byte[] MAGIC = "DCL1".getBytes(StandardCharsets.US_ASCII);

    private final EncodedContributions entries;
    private final long totalWeight;
    private final MerkleTree tree;

    private ContributionList(EncodedContributions entries) {
        this.entries = entries;
        MerkleTree.Builder builder = MerkleTree.builder();
        long total = 0;
        for (int i = 0; i < entries.size(); i++) {
            Contribution contribution = entries.get(i);
            builder.add(contribution.encode());
            total = sum(total, contribution.weight());
        }
        totalWeight = total;
        tree = builder.build();
    }

    private static long sum(long total, long weight) {
        try {
            return Math.addExact(total, weight);
        } catch (ArithmeticException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONTRIBUTIONS,
                    "The weights add up to more than " + Long.MAX_VALUE + "; divide them all by the same number",
                    e);
        }
    }

    /** Collects contributions in any order; those of one account are added up. Not thread-safe. */
    public static final class Builder {
        private final Map<AccountId, Long> weights = new HashMap<>();
        private final int limit;

        Builder(int limit) {
            this.limit = limit;
        }

        /**
         * Adds a contribution.
         *
         * @param account the contributor
         * @param weight how much it counts, 1 and above
         * @return this builder
         * @throws InvalidInputException with {@link ErrorCode#INVALID_CONTRIBUTIONS} if the weight is below 1, the account's
         *     weights overflow, or there are more than {@link #MAX_CONTRIBUTORS} accounts
         */
        public Builder add(AccountId account, long weight) {
            Contribution contribution = new Contribution(account, weight);
            weights.merge(contribution.account(), weight, ContributionList::sum);
            if (weights.size() > limit) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_CONTRIBUTIONS, "A list has at most " + limit + " contributors");
            }
            return this;
        }

        /**
         * Builds the list and its tree.
         *
         * @return the list
         * @throws InvalidInputException with {@link ErrorCode#INVALID_CONTRIBUTIONS} if there is no contribution, or the weights
         *     overflow together
         */
        public ContributionList build() {
            if (weights.isEmpty()) {
                throw new InvalidInputException(ErrorCode.INVALID_CONTRIBUTIONS, "There is no contributor in the list");
            }
            AccountId[] accounts = weights.keySet().toArray(new AccountId[0]);
            Arrays.sort(accounts);
            EncodedContributions.Writer writer = new EncodedContributions.Writer();
            for (AccountId account : accounts) {
                writer.add(new Contribution(account, weights.getOrDefault(account, 0L)));
            }
            return new ContributionList(writer.finish());
        }
    }

    /**
     * Starts a list.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder(MAX_CONTRIBUTORS);
    }

    /**
     * Returns the number of contributors.
     *
     * @return the number, at least 1
     */
    public int size() {
        return entries.size();
    }

    /**
     * Returns the sum of all weights.
     *
     * @return the sum
     */
    public long totalWeight() {
        return totalWeight;
    }

    /**
     * Returns a contribution by its place.
     *
     * @param index the place, from 0
     * @return the contribution
     */
    public Contribution get(int index) {
        return entries.get(index);
    }

    /**
     * Finds an account's contribution.
     *
     * @param account the account
     * @return its contribution, if it is in the list
     */
    public Optional<Contribution> find(AccountId account) {
        int index = entries.indexOf(account);
        return index < 0 ? Optional.empty() : Optional.of(entries.get(index));
    }

    /**
     * Proves that an account is in the list with its weight.
     *
     * @param account the account
     * @return the proof for the bytes of its {@link Contribution}, if it is in the list
     */
    public Optional<MerkleProof> proof(AccountId account) {
        int index = entries.indexOf(account);
        return index < 0 ? Optional.empty() : Optional.of(tree.proof(index));
    }

    /**
     * Returns the commitment to this list.
     *
     * @param list where the file form lies
     * @return what a style model is registered with
     */
    public ContributorsRoot root(Optional<Cid> list) {
        return new ContributorsRoot(tree.root(), size(), totalWeight, list);
    }

    /**
     * Puts the file form into a blob store, and has it kept there.
     *
     * @param store the store
     * @return the commitment, which names the blob
     * @throws DreamException as {@link BlobStore#put(InputStream)} does
     */
    public ContributorsRoot publish(BlobStore store) {
        try (InputStream in = toStream()) {
            Cid list = store.put(in);
            store.keep(list);
            return root(Optional.of(list));
        } catch (IOException e) {
            throw new IllegalStateException("Reading from memory cannot fail", e);
        }
    }

    /**
     * Returns the file form.
     *
     * @return its bytes
     */
    public InputStream toStream() {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes(MAGIC);
        head.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(size()).array());
        return entries.behind(head.toByteArray());
    }

    /**
     * Gets the list that a style model was registered with.
     *
     * @param root the commitment
     * @param source where blobs are read from
     * @return the list
     * @throws DreamException {@code blob-not-found} if the commitment names no list or it is not there; as {@link #read}
     *     otherwise
     */
    public static ContributionList fetch(ContributorsRoot root, BlobSource source) {
        Cid cid = root.list()
                .orElseThrow(() -> new InvalidInputException(
                        ErrorCode.BLOB_NOT_FOUND,
                        "The style model does not say where its contributors' list lies; ask its creator for"
                                + " the file"));
        try (InputStream in = source.open(cid)) {
            return read(in, root);
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "Cannot read the contributors' list " + cid + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads the file form and checks it.
     *
     * @param in its bytes, read to the end; not closed
     * @param expected the commitment that it has to fit
     * @return the list
     * @throws IOException if reading fails
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if the bytes are no list, {@link
     *     ErrorCode#PROOF_INVALID} if they are another list than the one committed to
     */
    public static ContributionList read(InputStream in, ContributorsRoot expected) throws IOException {
        DataInputStream data = new DataInputStream(new BufferedInputStream(in, 1 << 16));
        byte[] magic = data.readNBytes(MAGIC.length);
        byte[] count = data.readNBytes(Integer.BYTES);
        if (!Arrays.equals(magic, MAGIC) || count.length < Integer.BYTES) {
            throw EncodedContributions.malformed("it does not begin as one");
        }
        int size = ByteBuffer.wrap(count).getInt();
        if (size < 1 || size > MAX_CONTRIBUTORS) {
            throw EncodedContributions.malformed(
                    "it states " + size + " contributors, and may have 1 to " + MAX_CONTRIBUTORS);
        }
        if (size != expected.count()) {
            throw another();
        }
        ContributionList list = new ContributionList(EncodedContributions.read(data, size));
        if (data.read() >= 0) {
            throw EncodedContributions.malformed("bytes follow the last contributor");
        }
        Bytes root = list.tree.root();
        if (!root.equals(expected.root()) || list.totalWeight != expected.totalWeight()) {
            throw another();
        }
        return list;
    }

    private static CorruptDataException another() {
        return new CorruptDataException(
                ErrorCode.PROOF_INVALID,
                "The contributors' list is not the one that the style model was registered with; get it from"
                        + " elsewhere");
    }
}
