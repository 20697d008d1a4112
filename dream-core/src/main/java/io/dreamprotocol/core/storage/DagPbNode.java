package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node of a Merkle DAG in protobuf form (codec dag-pb): links to other blocks, and bytes of its own.
 *
 * <p>Only the canonical form of the DAG-PB specification is read: links before data, fields in their order and once.
 *
 * @param links the links, in order
 * @param data the node's own bytes
 */
record DagPbNode(List<Link> links, Optional<Bytes> data) {
    private static final int NODE_DATA = 1;
    private static final int NODE_LINK = 2;
    private static final int LINK_HASH = 1;
    private static final int LINK_NAME = 2;
    private static final int LINK_TOTAL_SIZE = 3;

    DagPbNode {
        links = List.copyOf(links);
    }

    /**
     * A link to another block.
     *
     * @param cid the block linked to
     * @param name the link's name, empty in files
     * @param totalSize the bytes of that block and all below it, as its author states them
     */
    record Link(Cid cid, String name, long totalSize) {}

    byte[] encode() {
        return encode(UnixFsOptions.DEFAULT);
    }

    /** Encodes the node with links in the form that the options say. */
    byte[] encode(UnixFsOptions options) {
        ProtobufWriter node = new ProtobufWriter();
        for (Link link : links) {
            ProtobufWriter field = new ProtobufWriter();
            field.bytes(LINK_HASH, options.linkTo(link.cid));
            field.bytes(LINK_NAME, link.name.getBytes(StandardCharsets.UTF_8));
            field.number(LINK_TOTAL_SIZE, link.totalSize);
            node.bytes(NODE_LINK, field.toArray());
        }
        data.ifPresent(bytes -> node.bytes(NODE_DATA, bytes.toArray()));
        return node.toArray();
    }

    /**
     * Reads a node.
     *
     * @throws CorruptDataException with malformed-data if the block is no canonical dag-pb node or has more than the limit's links
     */
    static DagPbNode decode(byte[] block, int maxLinks) {
        ProtobufReader in = new ProtobufReader(ByteBuffer.wrap(block));
        List<Link> links = new ArrayList<>();
        Optional<Bytes> data = Optional.empty();
        while (in.next()) {
            if (in.field() == NODE_LINK && data.isEmpty()) {
                if (links.size() == maxLinks) {
                    throw ProtobufReader.malformed("a node with more than " + maxLinks + " links");
                }
                links.add(link(in.bytes()));
            } else if (in.field() == NODE_DATA && data.isEmpty()) {
                data = Optional.of(ProtobufReader.toBytes(in.bytes()));
            } else {
                throw in.unexpected("a node");
            }
        }
        return new DagPbNode(links, data);
    }

    private static Link link(ByteBuffer encoded) {
        ProtobufReader in = new ProtobufReader(encoded);
        Optional<Cid> cid = Optional.empty();
        String name = "";
        long totalSize = 0;
        int previous = 0;
        while (in.next()) {
            if (in.field() <= previous) {
                throw in.unexpected("a link");
            }
            switch (in.field()) {
                case LINK_HASH -> cid = Optional.of(cid(in.bytes()));
                case LINK_NAME -> name = text(in.bytes());
                case LINK_TOTAL_SIZE -> totalSize = in.number();
                default -> throw in.unexpected("a link");
            }
            previous = in.field();
        }
        return new Link(cid.orElseThrow(() -> ProtobufReader.malformed("a link without a CID")), name, totalSize);
    }

    private static Cid cid(ByteBuffer binary) {
        try {
            return Cid.fromBytes(ProtobufReader.toBytes(binary).toArray());
        } catch (InvalidInputException e) {
            throw ProtobufReader.malformed("a link that cannot be followed (" + e.getMessage() + ")");
        }
    }

    private static String text(ByteBuffer utf8) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw ProtobufReader.malformed("a name that is no UTF-8");
        }
    }
}
