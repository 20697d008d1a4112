package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnsupportedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Folders as IPFS stores them: a dag-pb node with a link for every entry, or, for large ones that others wrote, a tree of such nodes
 * (a HAMT) over which the entries are spread by the hashes of their names.
 *
 * <p>What is written is what {@code ipfs add --cid-version=1 --recursive --hidden} writes for folders too small to be spread. What is
 * read is checked block by block, within the limits below.
 *
 * <p>Sources: the UnixFS and DAG-PB specifications of IPFS and IPLD.
 */
public final class UnixFsFolder {
    /** The most entries in a folder and all below it together: 100,000. */
    public static final int MAX_ENTRIES = 100_000;

    /** The most folders above an entry: 32. */
    public static final int MAX_DEPTH = 32;

    /** From this estimated size on, which is that of IPFS, a folder would be spread over several nodes, and is not written. */
    static final int MAX_WRITTEN_BYTES = 262_144;

    private static final int MAX_NODE_LINKS = 1 << 16;
    private static final int MAX_SHARD_DEPTH = 32;
    private static final int MAX_FAN_OUT = 1_024;

    private UnixFsFolder() {}

    /**
     * What a folder has under a name.
     *
     * @param name the name
     * @param cid the file's or folder's CID
     * @param totalSize the bytes of all its blocks, as the folder states them; nobody checks that
     */
    public record Entry(String name, Cid cid, long totalSize) {}

    /**
     * Lists a folder.
     *
     * @param folder its CID
     * @param source gives the blocks
     * @return the entries, in the order in which the folder has them; names may be anything, but each is there once
     * @throws DreamException {@link ErrorCode#BLOB_NOT_FOUND} at a missing block, {@link ErrorCode#BLOB_CORRUPT} at one that does not match
     *     its CID or is malformed, {@link ErrorCode#INVALID_CID} if the CID names no folder, {@link ErrorCode#BLOB_TOO_LARGE} beyond
     *     {@link #MAX_ENTRIES}
     */
    public static List<Entry> list(Cid folder, BlockSource source) {
        Node root = folder(folder, source);
        List<Entry> entries = new ArrayList<>();
        Set<String> names = new HashSet<>();
        add(root, folder, source, 0, entry -> {
            if (!names.add(entry.name)) {
                throw corrupt(folder, "it has the name " + SafeNames.shown(entry.name) + " twice");
            }
            if (entries.size() == MAX_ENTRIES) {
                throw new InvalidInputException(
                        ErrorCode.BLOB_TOO_LARGE, "Folder " + folder + " has more than " + MAX_ENTRIES + " entries");
            }
            entries.add(entry);
        });
        return List.copyOf(entries);
    }

    /**
     * Tells whether a CID names a folder.
     *
     * @param cid the CID
     * @param source gives the blocks
     * @return true for a folder, false for a file or anything else
     * @throws DreamException as {@link #list} does for the root
     */
    public static boolean isFolder(Cid cid, BlockSource source) {
        return node(cid, source).filter(node -> isFolder(node.content.type())).isPresent();
    }

    /**
     * Follows a path down from a folder.
     *
     * @param folder where to begin
     * @param path names with slashes between them; none for the folder itself
     * @param source gives the blocks
     * @return the CID of what is there
     * @throws NotFoundException with {@link ErrorCode#BLOB_NOT_FOUND} if nothing has that name
     * @throws DreamException as {@link #list} does
     */
    public static Cid resolve(Cid folder, String path, BlockSource source) {
        Cid at = folder;
        for (String name : path.split("/", -1)) {
            if (name.isEmpty()) {
                continue;
            }
            Cid parent = at;
            at = find(parent, name, source)
                    .orElseThrow(() -> new NotFoundException(
                            ErrorCode.BLOB_NOT_FOUND,
                            "Folder " + parent + " has nothing called " + SafeNames.shown(name)));
        }
        return at;
    }

    /** Finds a name; in a spread folder by its hash, which leads to it past all other nodes. */
    private static Optional<Cid> find(Cid folder, String name, BlockSource source) {
        Node node = folder(folder, source);
        HashBits hash = new HashBits(MurmurHash3.hash64(name.getBytes(StandardCharsets.UTF_8)));
        for (int depth = 0; depth < MAX_SHARD_DEPTH; depth++) {
            if (node.content.type() == UnixFsNode.Type.DIRECTORY) {
                return only(node, name, folder);
            }
            int digits = prefixLength(node.content, folder);
            OptionalInt place = hash.next(Long.numberOfTrailingZeros(node.content.fanOut()));
            if (place.isEmpty()) {
                return Optional.empty();
            }
            String prefix = String.format(Locale.ROOT, "%0" + digits + "X", place.getAsInt());
            Optional<Cid> found = only(node, prefix + name, folder);
            Optional<Cid> below = only(node, prefix, folder);
            if (found.isPresent() || below.isEmpty()) {
                return found;
            }
            node = shard(below.get(), folder, source);
        }
        throw corrupt(folder, "it is spread over more than " + MAX_SHARD_DEPTH + " levels");
    }

    private static Optional<Cid> only(Node node, String name, Cid folder) {
        List<Cid> found = node.links.stream()
                .filter(link -> link.name().equals(name))
                .map(DagPbNode.Link::cid)
                .toList();
        if (found.size() > 1) {
            throw corrupt(folder, "it has the name " + SafeNames.shown(name) + " twice");
        }
        return found.stream().findFirst();
    }

    /** The bits of a hash from the highest down, which a spread folder uses up level by level. */
    private static final class HashBits {
        private final long hash;
        private int used;

        HashBits(long hash) {
            this.hash = hash;
        }

        /** Nothing if they are used up. */
        OptionalInt next(int count) {
            if (used + count > Long.SIZE) {
                return OptionalInt.empty();
            }
            used += count;
            return OptionalInt.of((int) (hash >>> (Long.SIZE - used) & ((1L << count) - 1)));
        }
    }

    /**
     * Writes one folder over entries whose blocks are written already.
     *
     * @param entries the entries in any order
     * @param sink takes the folder's block
     * @return the entry for a folder that has this one, with an empty name
     * @throws IOException if the sink fails
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if a name could not be extracted everywhere, or two differ only
     *     by case or normalisation
     * @throws UnsupportedException with {@link ErrorCode#UNSUPPORTED} if IPFS would spread the folder over several nodes
     */
    public static Entry write(List<Entry> entries, BlockSink sink) throws IOException {
        return write(entries, UnixFsOptions.DEFAULT, sink);
    }

    static Entry write(List<Entry> entries, UnixFsOptions options, BlockSink sink) throws IOException {
        SafeNames names = new SafeNames();
        long estimate = 0;
        for (Entry entry : entries) {
            names.add(entry.name).ifPresent(problem -> {
                throw new InvalidInputException(ErrorCode.INVALID_REQUEST, "A folder cannot be stored: " + problem);
            });
            estimate += entry.name.getBytes(StandardCharsets.UTF_8).length + options.linkTo(entry.cid).length;
        }
        if (estimate > MAX_WRITTEN_BYTES) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "A folder with " + entries.size()
                            + " entries is too large for one block; put its files into several folders");
        }
        List<DagPbNode.Link> links = entries.stream()
                .sorted(Comparator.comparing(
                        entry -> entry.name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned))
                .map(entry -> new DagPbNode.Link(entry.cid, entry.name, entry.totalSize))
                .toList();
        byte[] block = new DagPbNode(links, Optional.of(Bytes.of(UnixFsNode.encodeFolder()))).encode(options);
        Cid cid = Cid.of(Cid.Codec.DAG_PB, block);
        sink.accept(cid, ByteBuffer.wrap(block));
        long below = entries.stream().mapToLong(Entry::totalSize).sum();
        return new Entry("", cid, below + block.length);
    }

    /**
     * Writes a folder of this machine with all that is in it, hidden files too.
     *
     * @param folder the folder
     * @param sink takes the blocks, every one after those it links to
     * @return the root's CID
     * @throws IOException if reading or the sink fails
     * @throws DreamException as {@link #write(List, BlockSink)} does; {@link ErrorCode#INVALID_REQUEST} also for a link or anything else that
     *     is neither file nor folder, {@link ErrorCode#BLOB_TOO_LARGE} beyond {@link #MAX_ENTRIES} or {@link #MAX_DEPTH}
     */
    public static Cid write(Path folder, BlockSink sink) throws IOException {
        return write(folder, UnixFsOptions.DEFAULT, sink);
    }

    /**
     * Writes a folder as {@link #write(Path, BlockSink)} does, but cut otherwise.
     *
     * @param folder the folder
     * @param options how to cut it
     * @param sink takes the blocks, every one after those it links to
     * @return the root's CID
     * @throws IOException if reading or the sink fails
     * @throws DreamException as {@link #write(Path, BlockSink)} does
     */
    public static Cid write(Path folder, UnixFsOptions options, BlockSink sink) throws IOException {
        return new FolderImport(options, sink).write(folder).cid;
    }

    /**
     * Extracts a folder to this machine. The target appears whole or not at all.
     *
     * @param folder the folder's CID
     * @param target the folder to create; nothing of that name may exist
     * @param maxBytes the most bytes that all files may have together
     * @param source gives the blocks
     * @throws IOException if writing fails
     * @throws DreamException as {@link #list} does; {@link ErrorCode#MALFORMED_DATA} if a name would lead out of its folder, cannot be a
     *     file's name everywhere, or differs from another only by case or normalisation, or if something is neither file nor folder;
     *     {@link ErrorCode#BLOB_TOO_LARGE} beyond {@code maxBytes}, {@link #MAX_ENTRIES} or {@link #MAX_DEPTH}
     */
    public static void extract(Cid folder, Path target, long maxBytes, BlockSource source) throws IOException {
        new FolderExport(source, maxBytes).extract(folder, target);
    }

    /** A dag-pb node and what UnixFS says of it. */
    private record Node(List<DagPbNode.Link> links, UnixFsNode content) {}

    @FunctionalInterface
    private interface Entries {
        void add(Entry entry);
    }

    private static boolean isFolder(UnixFsNode.Type type) {
        return type == UnixFsNode.Type.DIRECTORY || type == UnixFsNode.Type.SHARDED_DIRECTORY;
    }

    private static void add(Node node, Cid folder, BlockSource source, int depth, Entries entries) {
        if (node.content.type() == UnixFsNode.Type.DIRECTORY) {
            node.links.forEach(link -> entries.add(new Entry(link.name(), link.cid(), link.totalSize())));
            return;
        }
        if (depth == MAX_SHARD_DEPTH) {
            throw corrupt(folder, "it is spread over more than " + MAX_SHARD_DEPTH + " levels");
        }
        int prefix = prefixLength(node.content, folder);
        for (DagPbNode.Link link : node.links) {
            String name = link.name();
            if (name.length() < prefix || !name.substring(0, prefix).matches("[0-9A-F]+")) {
                throw corrupt(folder, "a node has a link without its place");
            }
            if (name.length() > prefix) {
                entries.add(new Entry(name.substring(prefix), link.cid(), link.totalSize()));
            } else {
                add(shard(link.cid(), folder, source), folder, source, depth + 1, entries);
            }
        }
    }

    private static Node folder(Cid cid, BlockSource source) {
        return node(cid, source)
                .filter(node -> isFolder(node.content.type()))
                .orElseThrow(() -> new InvalidInputException(
                        ErrorCode.INVALID_CID, "CID " + cid + " names a file or something else, and no folder"));
    }

    private static Node shard(Cid cid, Cid folder, BlockSource source) {
        return node(cid, source)
                .filter(below -> below.content.type() == UnixFsNode.Type.SHARDED_DIRECTORY)
                .filter(below -> !below.links.isEmpty())
                .orElseThrow(() -> corrupt(folder, "a node of it is none of a spread folder, or empty"));
    }

    /** A link of a spread folder begins with its place in the node, in hexadecimal with as many digits as the last place has. */
    private static int prefixLength(UnixFsNode node, Cid folder) {
        long fanOut = node.fanOut();
        if (fanOut < 2 || fanOut > MAX_FAN_OUT || Long.bitCount(fanOut) != 1) {
            throw corrupt(folder, "its nodes have " + fanOut + " places");
        }
        return Long.toHexString(fanOut - 1).length();
    }

    /** Empty if the CID names bytes. */
    private static Optional<Node> node(Cid cid, BlockSource source) {
        if (cid.codec() != Cid.Codec.DAG_PB) {
            return Optional.empty();
        }
        byte[] block = source.block(cid)
                .orElseThrow(
                        () -> new NotFoundException(ErrorCode.BLOB_NOT_FOUND, "Block " + cid + " is not stored here"));
        if (block.length > UnixFsFile.MAX_BLOCK_BYTES) {
            throw corrupt(cid, "it has more than " + UnixFsFile.MAX_BLOCK_BYTES + " bytes");
        }
        if (!Bytes.sha256(block).equals(cid.digest())) {
            throw corrupt(cid, "its bytes have another SHA-256; store it again to repair it");
        }
        try {
            DagPbNode node = DagPbNode.decode(block, MAX_NODE_LINKS);
            UnixFsNode content = UnixFsNode.decode(
                    node.data().orElseThrow(() -> ProtobufReader.malformed("a node without data")),
                    UnixFsFile.MAX_LINKS);
            return Optional.of(new Node(node.links(), content));
        } catch (CorruptDataException e) {
            throw corrupt(cid, e.getMessage());
        }
    }

    private static CorruptDataException corrupt(Cid cid, String what) {
        return new CorruptDataException(ErrorCode.BLOB_CORRUPT, "Folder or block " + cid + " is damaged: " + what);
    }
}
