package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where each block lies in a pack. A file of it is a head, the number of entries, the entries sorted by codec and digest (codec 1 byte,
 * digest 32, offset 8, length 4; big-endian), and the SHA-256 of all that.
 */
final class PackIndex {
    /** The most blocks in a pack. */
    static final int MAX_BLOCKS = 1 << 16;

    private static final byte[] HEAD = "DREAMPK1".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST = 32;
    private static final int KEY = 1 + DIGEST;
    private static final int ENTRY = KEY + Long.BYTES + Integer.BYTES;

    /** As in a file, without what is around them. */
    private final ByteBuffer entries;

    private PackIndex(ByteBuffer entries) {
        this.entries = entries;
    }

    /** Where a block lies. */
    record Place(long offset, int length) {}

    static PackIndex of(Map<Cid, Place> places) {
        Map<byte[], Place> sorted = new TreeMap<>(Arrays::compareUnsigned);
        places.forEach((cid, place) -> sorted.put(key(cid), place));
        ByteBuffer entries = ByteBuffer.allocate(sorted.size() * ENTRY);
        sorted.forEach((key, place) -> entries.put(key).putLong(place.offset).putInt(place.length));
        return new PackIndex(entries.flip());
    }

    /**
     * Reads an index.
     *
     * @return empty if the file is none or damaged
     */
    static Optional<PackIndex> read(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        long most = HEAD.length + Integer.BYTES + (long) MAX_BLOCKS * ENTRY + DIGEST;
        if (!attributes.isRegularFile() || attributes.size() > most) {
            return Optional.empty();
        }
        return decode(Files.readAllBytes(file));
    }

    private static Optional<PackIndex> decode(byte[] file) {
        int start = HEAD.length + Integer.BYTES;
        if (file.length < start + DIGEST) {
            return Optional.empty();
        }
        byte[] body = Arrays.copyOf(file, file.length - DIGEST);
        Bytes digest = Bytes.of(Arrays.copyOfRange(file, body.length, file.length));
        int count = ByteBuffer.wrap(body).getInt(HEAD.length);
        if (!Arrays.equals(body, 0, HEAD.length, HEAD, 0, HEAD.length)
                || body.length - start != (long) count * ENTRY
                || !Bytes.sha256(body).equals(digest)) {
            return Optional.empty();
        }
        PackIndex index =
                new PackIndex(ByteBuffer.wrap(body, start, body.length - start).slice());
        return index.isSound() ? Optional.of(index) : Optional.empty();
    }

    private boolean isSound() {
        for (int i = 0; i < size(); i++) {
            Place place = place(i);
            if (codec(entries.get(i * ENTRY)).isEmpty()
                    || place.offset < 0
                    || place.length < 0
                    || place.length > UnixFsFile.MAX_BLOCK_BYTES) {
                return false;
            }
        }
        return true;
    }

    /** Writes the index to a new file; it is on the disk when this returns. */
    void write(Path file) throws IOException {
        try (FileChannel channel = create(file)) {
            channel.force(false);
        }
    }

    /** Writes the index to a new file, which is the caller's to force to the disk and to close. */
    FileChannel create(Path file) throws IOException {
        ByteBuffer body = ByteBuffer.allocate(HEAD.length + Integer.BYTES + entries.remaining())
                .put(HEAD)
                .putInt(size())
                .put(entries.duplicate());
        ByteBuffer whole = ByteBuffer.allocate(body.capacity() + DIGEST)
                .put(body.array())
                .put(Bytes.sha256(body.array()).toArray())
                .flip();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            while (whole.hasRemaining()) {
                channel.write(whole);
            }
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    int size() {
        return entries.limit() / ENTRY;
    }

    /** Sums up the sizes of the blocks. */
    long blockBytes() {
        long sum = 0;
        for (int i = 0; i < size(); i++) {
            sum += place(i).length;
        }
        return sum;
    }

    Optional<Place> find(Cid cid) {
        byte[] key = key(cid);
        int low = 0;
        int high = size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int at = middle * ENTRY;
            int order = Arrays.compareUnsigned(entries.array(), at(at), at(at + KEY), key, 0, KEY);
            if (order == 0) {
                return Optional.of(place(middle));
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return Optional.empty();
    }

    private int at(int position) {
        return entries.arrayOffset() + position;
    }

    private Place place(int number) {
        int at = number * ENTRY + KEY;
        return new Place(entries.getLong(at), entries.getInt(at + Long.BYTES));
    }

    /** Returns the blocks, sorted by codec and digest. */
    List<Cid> cids() {
        List<Cid> cids = new ArrayList<>(size());
        for (int i = 0; i < size(); i++) {
            byte[] digest = new byte[DIGEST];
            entries.get(i * ENTRY + 1, digest);
            cids.add(new Cid(codec(entries.get(i * ENTRY)).orElseThrow(), Bytes.of(digest)));
        }
        return cids;
    }

    private static byte[] key(Cid cid) {
        byte[] key = new byte[KEY];
        key[0] = (byte) cid.codec().code();
        System.arraycopy(cid.digest().toArray(), 0, key, 1, DIGEST);
        return key;
    }

    private static Optional<Cid.Codec> codec(byte code) {
        return Arrays.stream(Cid.Codec.values())
                .filter(codec -> codec.code() == code)
                .findFirst();
    }
}
