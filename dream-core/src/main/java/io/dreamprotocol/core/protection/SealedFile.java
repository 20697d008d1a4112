package io.dreamprotocol.core.protection;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of a sealed style model, encrypted in segments, so that it is sealed and opened as a stream in constant memory,
 * whatever its size.
 *
 * <p>A sealed file is a head of 68 bytes, the letters {@code DSM1}, 32 random bytes of salt and 32 bytes that commit to the key,
 * and the content in segments of {@value #SEGMENT_BYTES} bytes, the last one shorter or as long, each in AES-256-GCM with its
 * tag of 16 bytes. An empty file has one empty segment. From the model's key, through HKDF-SHA-256 (RFC 5869) with the salt,
 * come the file's own key, seven bytes of nonce and the commitment; the derivation takes in the file's path, size and SHA-256,
 * so a sealed file opens as no other than the one it was made of. A segment's nonce is those seven bytes, its place, and whether
 * it is the last, as in STREAM (Hoang et al., "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015):
 * segments that were moved, taken from another file, left out or added do not open. Nothing of a segment is given out before its
 * tag was checked.
 *
 * <p>What it hides is the content, not its size.
 */
public final class SealedFile {
    /** The bytes of content in each segment but the last: 64 KiB. */
    public static final int SEGMENT_BYTES = 1 << 16;

    /** The largest file: 1 TiB less what sealing adds, so that its sealed form is a blob. */
    public static final long MAX_BYTES = UnixFsFile.MAX_FILE_BYTES - (1L << 29);

    private static final byte[] MAGIC = "DSM1".getBytes(StandardCharsets.US_ASCII);
    private static final String PURPOSE = "dream-protocol sealed model file 1";
    private static final int SALT_BYTES = 32;
    private static final int COMMITMENT_BYTES = 32;
    static final int HEAD_BYTES = MAGIC.length + SALT_BYTES + COMMITMENT_BYTES;
    private static final int SEALED_SEGMENT_BYTES = SEGMENT_BYTES + SegmentCipher.TAG_BYTES;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SealedFile() {}

    /**
     * Returns how large a sealed file is.
     *
     * @param size the content's size, 0 to {@link #MAX_BYTES}
     * @return the sealed file's size
     */
    public static long sealedSize(long size) {
        requireSize(size);
        return HEAD_BYTES + size + SegmentCipher.TAG_BYTES * segments(size);
    }

    private static long segments(long size) {
        return Math.max(1, Math.ceilDiv(size, SEGMENT_BYTES));
    }

    private static void requireSize(long size) {
        if (size < 0 || size > MAX_BYTES) {
            throw new InvalidInputException(
                    ErrorCode.BLOB_TOO_LARGE, "A file of " + size + " bytes cannot be sealed; at most " + MAX_BYTES);
        }
    }

    /**
     * Seals a file.
     *
     * @param content its bytes; closed with the returned stream
     * @param file its path, size and digest, measured before
     * @param key the model's key
     * @return the sealed file, another one each time. Reading it throws a {@link CorruptDataException} with {@link
     *     ErrorCode#MODEL_FILE_CORRUPT} before its end if the content is not what was measured. For one thread
     * @throws InvalidInputException with {@link ErrorCode#BLOB_TOO_LARGE} beyond {@link #MAX_BYTES}
     */
    public static InputStream seal(InputStream content, ModelFile file, ModelKey key) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return seal(content, file, key, salt);
    }

    static InputStream seal(InputStream content, ModelFile file, ModelKey key, byte[] salt) {
        requireSize(file.size());
        return new Sealing(content, file, new Derived(file, key, salt), salt);
    }

    /**
     * Opens a sealed file.
     *
     * @param sealed its bytes; closed with the returned stream
     * @param file the file that it should be
     * @param key the model's key
     * @return the content. Reading it throws a {@link CorruptDataException} with {@link ErrorCode#BLOB_CORRUPT} where the sealed
     *     file was changed, cut or made longer. For one thread
     * @throws IOException if reading fails
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if this is no sealed file, {@link
     *     ErrorCode#BLOB_CORRUPT} if it was sealed with another key, or is another file
     * @throws InvalidInputException with {@link ErrorCode#BLOB_TOO_LARGE} beyond {@link #MAX_BYTES}
     */
    public static InputStream open(InputStream sealed, ModelFile file, ModelKey key) throws IOException {
        return openFrom(sealed, file, key, 0);
    }

    /**
     * Opens a sealed file behind its first segments, which are passed over unchecked.
     *
     * @param sealed its bytes, from the beginning; closed with the returned stream
     * @param file the file that it should be
     * @param key the model's key
     * @param segments how many segments to pass over, fewer than there are
     * @return the content from {@code segments} times {@value #SEGMENT_BYTES} on; as {@link #open} otherwise
     * @throws IOException if reading fails
     */
    public static InputStream openFrom(InputStream sealed, ModelFile file, ModelKey key, long segments)
            throws IOException {
        requireSize(file.size());
        if (segments < 0 || segments >= segments(file.size())) {
            throw new IllegalArgumentException("There is no segment " + segments + " in " + file.size() + " bytes");
        }
        byte[] head = sealed.readNBytes(HEAD_BYTES);
        if (head.length < HEAD_BYTES || !Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new CorruptDataException(ErrorCode.MALFORMED_DATA, "Not a sealed file: " + file.path());
        }
        byte[] salt = Arrays.copyOfRange(head, MAGIC.length, MAGIC.length + SALT_BYTES);
        Derived derived = new Derived(file, key, salt);
        byte[] commitment = Arrays.copyOfRange(head, MAGIC.length + SALT_BYTES, HEAD_BYTES);
        if (!MessageDigest.isEqual(commitment, derived.commitment)) {
            throw new CorruptDataException(
                    ErrorCode.BLOB_CORRUPT,
                    "The sealed file " + file.path() + " was sealed with another key, or is another file");
        }
        try {
            sealed.skipNBytes(segments * SEALED_SEGMENT_BYTES);
        } catch (EOFException e) {
            throw corrupt(file, segments);
        }
        return new Opening(sealed, file, derived, segments);
    }

    private static CorruptDataException corrupt(ModelFile file, long segment) {
        return new CorruptDataException(
                ErrorCode.BLOB_CORRUPT,
                "The sealed file " + file.path() + " has been changed or is incomplete at segment " + segment);
    }

    /** What a file's cipher starts from. */
    private static final class Derived {
        private final SegmentCipher cipher;
        private final byte[] commitment;

        Derived(ModelFile file, ModelKey key, byte[] salt) {
            byte[] info = DagCbor.encode(Map.of(
                    "purpose", PURPOSE,
                    "path", file.path(),
                    "size", file.size(),
                    "sha256", file.sha256()));
            int nonceAt = SegmentCipher.KEY_BYTES;
            int commitmentAt = nonceAt + SegmentCipher.NONCE_PREFIX_BYTES;
            byte[] material = key.derive(salt, info, commitmentAt + COMMITMENT_BYTES);
            cipher = new SegmentCipher(
                    Arrays.copyOf(material, nonceAt), Arrays.copyOfRange(material, nonceAt, commitmentAt));
            commitment = Arrays.copyOfRange(material, commitmentAt, material.length);
            Arrays.fill(material, (byte) 0);
        }
    }

    /** A stream whose bytes come in pieces, made one at a time. */
    private abstract static class Pieces extends InputStream {
        final InputStream source;
        final ModelFile file;
        final SegmentCipher cipher;
        private ByteBuffer current = ByteBuffer.allocate(0);
        private boolean broken;

        Pieces(InputStream source, ModelFile file, SegmentCipher cipher) {
            this.source = source;
            this.file = file;
            this.cipher = cipher;
        }

        /** Makes the next piece, which may be empty; null at the end. */
        abstract @Nullable ByteBuffer next() throws IOException;

        private boolean fill() throws IOException {
            if (broken) {
                throw new IOException("The stream of " + file.path() + " ended with an error before");
            }
            while (!current.hasRemaining()) {
                // A reader that goes on after an error must not get the bytes behind the gap.
                broken = true;
                ByteBuffer piece = next();
                broken = false;
                if (piece == null) {
                    return false;
                }
                current = piece;
            }
            return true;
        }

        @Override
        public int read() throws IOException {
            return fill() ? current.get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, current.remaining());
            current.get(target, offset, count);
            return count;
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }

    private static final class Sealing extends Pieces {
        private final byte[] content = new byte[SEGMENT_BYTES];
        private final byte[] sealed = new byte[SEALED_SEGMENT_BYTES];
        private final byte[] head;
        private final MessageDigest digest = Bytes.newSha256();
        private long left;
        private int index = -1;

        Sealing(InputStream source, ModelFile file, Derived derived, byte[] salt) {
            super(source, file, derived.cipher);
            left = file.size();
            head = ByteBuffer.allocate(HEAD_BYTES)
                    .put(MAGIC)
                    .put(salt)
                    .put(derived.commitment)
                    .array();
        }

        @Override
        @Nullable
        ByteBuffer next() throws IOException {
            if (index < 0) {
                index = 0;
                return ByteBuffer.wrap(head);
            }
            if (index == segments(file.size())) {
                return null;
            }
            int length = source.readNBytes(content, 0, (int) Math.min(SEGMENT_BYTES, left));
            digest.update(content, 0, length);
            left -= length;
            boolean last = index == segments(file.size()) - 1;
            if ((last || length < SEGMENT_BYTES) && !endsAsMeasured()) {
                throw new CorruptDataException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        "File " + file.path() + " changed while it was being sealed; try again when nobody writes it");
            }
            return ByteBuffer.wrap(sealed, 0, cipher.seal(index++, last, content, length, sealed));
        }

        private boolean endsAsMeasured() throws IOException {
            return left == 0 && source.read() < 0 && Bytes.of(digest.digest()).equals(file.sha256());
        }
    }

    private static final class Opening extends Pieces {
        private final byte[] sealed = new byte[SEALED_SEGMENT_BYTES];
        private final byte[] content = new byte[SEGMENT_BYTES];
        private long index;

        Opening(InputStream source, ModelFile file, Derived derived, long index) {
            super(source, file, derived.cipher);
            this.index = index;
        }

        @Override
        @Nullable
        ByteBuffer next() throws IOException {
            long count = segments(file.size());
            if (index == count) {
                return null;
            }
            boolean last = index == count - 1;
            int expected = last ? (int) (file.size() - index * SEGMENT_BYTES) : SEGMENT_BYTES;
            int read = source.readNBytes(sealed, 0, expected + SegmentCipher.TAG_BYTES);
            int length = cipher.open((int) index, last, sealed, read, content);
            if (length != expected || (last && source.read() >= 0)) {
                throw corrupt(file, index);
            }
            index++;
            return ByteBuffer.wrap(content, 0, length);
        }
    }
}
