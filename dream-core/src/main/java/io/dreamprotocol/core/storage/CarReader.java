package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.Varint;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a CAR of version 1 from a stream, block by block, and checks every block against its CID. For one thread.
 *
 * <p>Which blocks there are and in what order, nobody promises: a reader must expect blocks that it does not want, the same one
 * several times, and those it wants not to come. One block is held at a time.
 *
 * <p>Source: the CARv1 specification of IPLD.
 */
public final class CarReader {
    /** The most roots that are read or written: 1,000. */
    public static final int MAX_ROOTS = 1_000;

    private static final int MAX_HEADER_BYTES = 64 + 48 * MAX_ROOTS;
    private static final int CID_V0_BYTES = 34;
    private static final int CID_BYTES = 36;
    private static final int MAX_SECTION_BYTES = CID_BYTES + UnixFsFile.MAX_BLOCK_BYTES;
    private static final int MAX_VARINT_BYTES = 9;

    private static final byte[] ROOTS = cborText("roots");
    private static final byte[] VERSION = cborText("version");

    private final InputStream in;
    private final List<Cid> roots;
    private Cid cid = Cid.of(Cid.Codec.RAW, new byte[0]);
    private byte[] block = new byte[0];

    /**
     * Begins to read.
     *
     * @param in the CAR's bytes; not closed
     * @throws IOException if reading fails
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if this is no CAR of version 1
     */
    public CarReader(InputStream in) throws IOException {
        this.in = in;
        int length = length();
        if (length < 0) {
            throw malformed("it is empty");
        }
        this.roots = roots(ByteBuffer.wrap(take(length, MAX_HEADER_BYTES)));
    }

    /**
     * Returns what the CAR says it is about.
     *
     * @return the roots, which need not be in it
     */
    public List<Cid> roots() {
        return roots;
    }

    /**
     * Moves to the next block.
     *
     * @return false at the end
     * @throws IOException if reading fails
     * @throws DreamException {@link ErrorCode#MALFORMED_DATA} if the CAR ends early or has a block of more than {@link
     *     UnixFsFile#MAX_BLOCK_BYTES}, {@link ErrorCode#INVALID_CID} if a block has a CID that is not supported, {@link
     *     ErrorCode#BLOB_CORRUPT} if a block does not match its CID
     */
    public boolean next() throws IOException {
        int length = length();
        if (length < 0) {
            return false;
        }
        byte[] section = take(length, MAX_SECTION_BYTES);
        int name = section.length >= 2 && section[0] == 0x12 && section[1] == 0x20 ? CID_V0_BYTES : CID_BYTES;
        if (section.length < name) {
            throw malformed("a block without a whole CID");
        }
        cid = Cid.fromBytes(Arrays.copyOf(section, name));
        block = Arrays.copyOfRange(section, name, section.length);
        if (!Bytes.sha256(block).equals(cid.digest())) {
            throw new CorruptDataException(
                    ErrorCode.BLOB_CORRUPT, "The CAR is damaged at block " + cid + ": its bytes have another SHA-256");
        }
        return true;
    }

    /**
     * Returns the current block's CID; a CIDv0 as the CIDv1 of the same block.
     *
     * @return the CID
     */
    public Cid cid() {
        return cid;
    }

    /**
     * Returns the current block's bytes, which have been checked.
     *
     * @return the bytes themselves, not a copy
     */
    public byte[] block() {
        return block;
    }

    /** Returns -1 at the end. */
    private int length() throws IOException {
        byte[] varint = new byte[MAX_VARINT_BYTES];
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            int next = in.read();
            if (next < 0) {
                if (i == 0) {
                    return -1;
                }
                throw malformed("it ends within a length");
            }
            varint[i] = (byte) next;
            if (next < 0x80) {
                long length = Varint.read(ByteBuffer.wrap(varint, 0, i + 1));
                return (int) Math.min(length, Integer.MAX_VALUE);
            }
        }
        throw malformed("a length of more than " + MAX_VARINT_BYTES + " bytes");
    }

    private byte[] take(int length, int limit) throws IOException {
        if (length == 0 || length > limit) {
            throw malformed("a part of " + length + " bytes, where 1 to " + limit + " are allowed");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw malformed("it ends within a part of " + length + " bytes");
        }
        return bytes;
    }

    /**
     * Reads the header, a DAG-CBOR map of two members, by hand: roots may be CIDs of version 0, which the canonical encoding does
     * not have.
     */
    private static List<Cid> roots(ByteBuffer header) {
        expect(header, new byte[] {(byte) 0xA2});
        expect(header, ROOTS);
        int count = head(header, 4);
        List<Cid> roots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            expect(header, new byte[] {(byte) 0xD8, 42});
            int length = head(header, 2);
            expect(header, new byte[] {0});
            if (length < 1 || length - 1 > header.remaining()) {
                throw malformed("its header ends within a root");
            }
            byte[] binary = new byte[length - 1];
            header.get(binary);
            roots.add(root(binary));
        }
        expect(header, VERSION);
        expect(header, new byte[] {1});
        if (header.hasRemaining()) {
            throw malformed("its header has more than roots and version");
        }
        return List.copyOf(roots);
    }

    private static Cid root(byte[] binary) {
        try {
            return Cid.fromBytes(binary);
        } catch (InvalidInputException e) {
            throw new CorruptDataException(
                    ErrorCode.MALFORMED_DATA,
                    "Not a usable CAR: a root that cannot be read (" + e.getMessage() + ")",
                    e);
        }
    }

    /** Reads the beginning of a CBOR item of a kind, and how long it is. */
    private static int head(ByteBuffer header, int kind) {
        int first = header.hasRemaining() ? header.get() & 0xFF : 0;
        int length = first & 0x1F;
        int extra = length == 24 ? 1 : length == 25 ? 2 : 0;
        if (first >> 5 != kind || length > 25 || header.remaining() < extra) {
            throw malformed("its header is no list of roots");
        }
        int value = extra == 0 ? length : extra == 1 ? header.get() & 0xFF : header.getShort() & 0xFFFF;
        if (value > MAX_ROOTS) {
            throw malformed("it has more than " + MAX_ROOTS + " roots");
        }
        return value;
    }

    private static void expect(ByteBuffer header, byte[] bytes) {
        byte[] found = new byte[Math.min(bytes.length, header.remaining())];
        header.get(found);
        if (!Arrays.equals(found, bytes)) {
            throw malformed("its header is not that of version 1");
        }
    }

    private static byte[] cborText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + utf8.length)
                .put((byte) (0x60 | utf8.length))
                .put(utf8)
                .array();
    }

    private static CorruptDataException malformed(String what) {
        return new CorruptDataException(ErrorCode.MALFORMED_DATA, "Not a usable CAR: " + what);
    }
}
