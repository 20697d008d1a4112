package io.dreamprotocol.core.payment;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochLine;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The lines of an epoch, in order, with the Merkle tree over them.
 *
 * <p>Its file form, which goes into a blob store, is the letters {@code DEL1}, the number of lines in four bytes, and each line's
 * encoding behind its length in two bytes. Whoever reads it checks it against the {@link Epoch} on the ledger, so it may come
 * from anywhere. Immutable and thread-safe.
 */
public final class EpochList {
    /** The most lines: one million. */
    public static final int MAX_LINES = 1_000_000;

    private static final byte[] MAGIC = "DEL1".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_LINE_BYTES = 512;

    /** By account; what is on no channel comes first. */
    private static final Comparator<EpochLine> ORDER = Comparator.comparing(EpochLine::to)
            .thenComparing(line -> line.channel().map(ChannelId::value).orElse(""));

    private final List<EpochLine> lines;
    private final MerkleTree tree;
    private final Amount total;

    private EpochList(List<EpochLine> lines) {
        this.lines = List.copyOf(lines);
        MerkleTree.Builder builder = MerkleTree.builder();
        Amount sum = Amount.ZERO;
        for (EpochLine line : lines) {
            builder.add(line.encode());
            if (line.channel().isEmpty()) {
                sum = sum.plus(line.amount());
            }
        }
        tree = builder.build();
        total = sum;
    }

    /**
     * Puts lines in order.
     *
     * @param lines the lines, 1 to {@link #MAX_LINES}, none of nothing, and one for each account and channel
     * @return the list
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if there are too few or too many, one is of nothing
     *     or two are for the same; {@link ErrorCode#INVALID_AMOUNT} if they are too much together
     */
    public static EpochList of(List<EpochLine> lines) {
        List<EpochLine> sorted = lines.stream().sorted(ORDER).toList();
        if (!isSound(sorted)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "An epoch has 1 to " + MAX_LINES
                            + " lines, none of nothing and no two for the same account and channel");
        }
        return new EpochList(sorted);
    }

    private static boolean isSound(List<EpochLine> lines) {
        if (lines.isEmpty() || lines.size() > MAX_LINES) {
            return false;
        }
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).amount().isZero() || (i > 0 && ORDER.compare(lines.get(i - 1), lines.get(i)) >= 0)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the lines.
     *
     * @return the lines by account, and those of one account by channel
     */
    public List<EpochLine> lines() {
        return lines;
    }

    /**
     * Returns the places of an account's lines.
     *
     * @param account the account
     * @return the places, from 0; none if it is owed nothing
     */
    public List<Integer> placesOf(AccountId account) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).to().equals(account)) {
                places.add(i);
            }
        }
        return places;
    }

    /**
     * Returns the root over the lines.
     *
     * @return 32 bytes
     */
    public Bytes root() {
        return tree.root();
    }

    /**
     * Returns the sum of the lines that are on no channel, which the epoch puts into escrow.
     *
     * @return the sum
     */
    public Amount total() {
        return total;
    }

    /**
     * Proves that a line is in the list.
     *
     * @param place the line's place, from 0
     * @return the proof
     */
    public MerkleProof proof(int place) {
        return tree.proof(place);
    }

    /**
     * Puts the file form into a blob store, and has it kept there.
     *
     * @param store the store
     * @return the blob's CID, for {@link Epoch#list}
     * @throws DreamException as {@link BlobStore#put(byte[])} does
     */
    public Cid publish(BlobStore store) {
        Cid list = store.put(encode());
        store.keep(list);
        return list;
    }

    /**
     * Returns the file form.
     *
     * @return its bytes
     */
    public byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(160 * lines.size());
        out.writeBytes(MAGIC);
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(lines.size()).array());
        for (EpochLine line : lines) {
            byte[] encoded = line.encode();
            out.writeBytes(ByteBuffer.allocate(Short.BYTES)
                    .putShort((short) encoded.length)
                    .array());
            out.writeBytes(encoded);
        }
        return out.toByteArray();
    }

    /**
     * Gets the lines of an epoch on the ledger.
     *
     * @param epoch the epoch
     * @param source where blobs are read from
     * @return the list
     * @throws DreamException as {@link BlobSource#open} and {@link #decode} do
     */
    public static EpochList fetch(Epoch epoch, BlobSource source) {
        try (InputStream in = source.open(epoch.list())) {
            return read(in, epoch);
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "Cannot read the lines of epoch " + epoch.id() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads the file form and checks it.
     *
     * @param encoded its bytes
     * @param epoch the epoch that it has to fit
     * @return the list
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if the bytes are no list, {@link
     *     ErrorCode#PROOF_INVALID} if they are not what the epoch was settled with
     */
    public static EpochList decode(byte[] encoded, Epoch epoch) {
        try {
            return read(new ByteArrayInputStream(encoded), epoch);
        } catch (IOException e) {
            throw new IllegalStateException("Reading an array cannot fail", e);
        }
    }

    private static EpochList read(InputStream in, Epoch epoch) throws IOException {
        DataInputStream data = new DataInputStream(new BufferedInputStream(in));
        byte[] head = data.readNBytes(MAGIC.length + Integer.BYTES);
        if (head.length < MAGIC.length + Integer.BYTES
                || !Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw malformed("it does not begin as one");
        }
        int count = ByteBuffer.wrap(head).getInt(MAGIC.length);
        if (count < 1 || count > MAX_LINES) {
            throw malformed("it states " + count + " lines, and may have 1 to " + MAX_LINES);
        }
        List<EpochLine> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] length = data.readNBytes(Short.BYTES);
            int bytes =
                    length.length < Short.BYTES ? -1 : ByteBuffer.wrap(length).getShort() & 0xFFFF;
            byte[] line = bytes < 0 || bytes > MAX_LINE_BYTES ? new byte[0] : data.readNBytes(bytes);
            if (line.length != bytes) {
                throw malformed("it ends early, or a line is too long");
            }
            lines.add(line(line));
        }
        if (data.read() >= 0) {
            throw malformed("bytes follow the last line");
        }
        if (!isSound(lines)) {
            throw malformed("its lines are not in order, or one is of nothing");
        }
        EpochList list = new EpochList(lines);
        if (lines.size() != epoch.lines() || !list.root().equals(epoch.root())) {
            throw new CorruptDataException(
                    ErrorCode.PROOF_INVALID,
                    "The lines are not those that epoch " + epoch.id() + " was settled with; get them from elsewhere");
        }
        return list;
    }

    private static EpochLine line(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "epoch's line");
        String amount = fields.text("amount");
        if (!amount.matches("0|[1-9][0-9]{0,38}")) {
            throw malformed("an amount is malformed");
        }
        EpochLine line = fields.build(() -> new EpochLine(
                new AccountId(fields.text("to")),
                new Amount(new BigInteger(amount)),
                fields.has("channel") ? Optional.of(new ChannelId(fields.text("channel"))) : Optional.empty()));
        if (!Arrays.equals(line.encode(), encoded)) {
            throw malformed("a line has a field that this program does not know; update it");
        }
        return line;
    }

    private static CorruptDataException malformed(String what) {
        return new CorruptDataException(ErrorCode.MALFORMED_DATA, "Not the lines of an epoch: " + what);
    }
}
