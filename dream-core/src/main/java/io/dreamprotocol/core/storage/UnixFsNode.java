package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a dag-pb node of a file or folder says in its data field; for a file, how many of its bytes lie in and below the node.
 *
 * @param type the kind of node
 * @param data the file's bytes in this node, which come before those of its children
 * @param fileSize the bytes in and below this node
 * @param blockSizes for every link the bytes in and below the node linked to
 * @param fanOut the places for links in a node of a spread folder; 0 in others
 */
record UnixFsNode(Type type, Bytes data, long fileSize, List<Long> blockSizes, long fanOut) {
    private static final int TYPE = 1;
    private static final int DATA = 2;
    private static final int FILE_SIZE = 3;
    private static final int BLOCK_SIZE = 4;
    private static final int HASH_TYPE = 5;
    private static final int FAN_OUT = 6;
    private static final int MODE = 7;
    private static final int MODIFIED = 8;

    UnixFsNode {
        blockSizes = List.copyOf(blockSizes);
    }

    /** The kinds of UnixFS node. */
    enum Type {
        RAW(0),
        DIRECTORY(1),
        FILE(2),
        METADATA(3),
        SYMLINK(4),
        SHARDED_DIRECTORY(5);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        boolean isFile() {
            return this == FILE || this == RAW;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Creates the node over several parts of a file. */
    static UnixFsNode overBlocks(List<Long> blockSizes) {
        long sum = blockSizes.stream().mapToLong(Long::longValue).sum();
        return new UnixFsNode(Type.FILE, Bytes.of(new byte[0]), sum, blockSizes, 0);
    }

    /** Encodes the node of a folder, which says nothing more than that. */
    static byte[] encodeFolder() {
        ProtobufWriter out = new ProtobufWriter();
        out.number(TYPE, Type.DIRECTORY.number);
        return out.toArray();
    }

    byte[] encode() {
        ProtobufWriter out = new ProtobufWriter();
        out.number(TYPE, type.number);
        if (data.length() > 0) {
            out.bytes(DATA, data.toArray());
        }
        out.number(FILE_SIZE, fileSize);
        blockSizes.forEach(size -> out.number(BLOCK_SIZE, size));
        return out.toArray();
    }

    /**
     * Reads a node's data field.
     *
     * @throws CorruptDataException with malformed-data if it is no UnixFS node, or its sizes do not add up
     */
    static UnixFsNode decode(Bytes encoded, int maxBlocks) {
        ProtobufReader in = new ProtobufReader(ByteBuffer.wrap(encoded.toArray()));
        Optional<Type> type = Optional.empty();
        Optional<Bytes> data = Optional.empty();
        Optional<Long> fileSize = Optional.empty();
        List<Long> blockSizes = new ArrayList<>();
        long fanOut = 0;
        int seen = 0;
        while (in.next()) {
            int bit = 1 << in.field();
            if (in.field() != BLOCK_SIZE && (seen & bit) != 0) {
                throw in.unexpected("a UnixFS node");
            }
            seen |= bit;
            switch (in.field()) {
                case TYPE -> type = Optional.of(type(in.number()));
                case DATA -> data = Optional.of(ProtobufReader.toBytes(in.bytes()));
                case FILE_SIZE -> fileSize = Optional.of(in.number());
                case BLOCK_SIZE -> {
                    if (blockSizes.size() == maxBlocks) {
                        throw ProtobufReader.malformed("a UnixFS node with more than " + maxBlocks + " block sizes");
                    }
                    blockSizes.add(in.number());
                }
                case FAN_OUT -> fanOut = in.number();
                case HASH_TYPE, MODE -> in.number();
                case MODIFIED -> in.bytes();
                default -> throw in.unexpected("a UnixFS node");
            }
        }
        UnixFsNode node = new UnixFsNode(
                type.orElseThrow(() -> ProtobufReader.malformed("a UnixFS node without a type")),
                data.orElse(Bytes.of(new byte[0])),
                fileSize.orElse(0L),
                blockSizes,
                fanOut);
        if (node.type.isFile()) {
            node.checkSizes();
        }
        return node;
    }

    private static Type type(long number) {
        for (Type type : Type.values()) {
            if (type.number == number) {
                return type;
            }
        }
        throw ProtobufReader.malformed("a UnixFS node of type " + number);
    }

    private void checkSizes() {
        long sum = data.length();
        for (long size : blockSizes) {
            // Without a byte in every part, a small block could stand for endless work that yields nothing.
            if (size == 0) {
                throw ProtobufReader.malformed("a UnixFS file with an empty part");
            }
            sum += size;
            if (sum < 0) {
                throw ProtobufReader.malformed("a UnixFS file of more than 2^63 bytes");
            }
        }
        if (sum != fileSize) {
            throw ProtobufReader.malformed(
                    "a UnixFS file whose parts have " + sum + " bytes and the whole " + fileSize);
        }
    }
}
