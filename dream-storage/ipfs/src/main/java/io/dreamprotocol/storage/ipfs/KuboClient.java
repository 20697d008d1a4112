package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.storage.BlockSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * The RPC API of a Kubo node, as far as the protocol uses it.
 *
 * <p>Calls that are as good twice as once (reading, pinning, storing a block) are repeated, up to three times in all, when the
 * connection breaks; the others never are. All throw {@link UnavailableException} with {@link ErrorCode#REMOTE_UNAVAILABLE} if
 * the node cannot be reached, breaks off, says nothing or fails, and with {@link ErrorCode#REMOTE_REFUSED} if it wants no calls from
 * here, {@link StoppedException} with {@link ErrorCode#DEADLINE_EXCEEDED} if a call takes too long altogether, {@link
 * CorruptDataException} with {@link ErrorCode#REMOTE_MISMATCH} if it answers what no true node would.
 *
 * <p>Thread-safe. Source: the RPC API reference of Kubo, version 0.42.
 */
public final class KuboClient implements BlockSource, AutoCloseable {
    private static final int MAX_LISTED = 1_000_000;

    /** What makes a file's CID, whatever the node's own settings are. */
    private static final String[] ADD = {
        "cid-version", "1",
        "raw-leaves", "true",
        "hash", "sha2-256",
        "chunker", "size-" + UnixFsFile.CHUNK_BYTES,
        "max-file-links", Integer.toString(UnixFsFile.LINKS_PER_NODE),
        "trickle", "false",
        "inline", "false",
        "nocopy", "false",
        "wrap-with-directory", "false",
        "pin", "true",
        "progress", "false"
    };

    private final KuboSettings settings;
    private final KuboRpc rpc;

    /**
     * Creates a client; it connects when it is used.
     *
     * @param settings where the node is
     */
    public KuboClient(KuboSettings settings) {
        this.settings = settings;
        this.rpc = new KuboRpc(settings);
    }

    /**
     * What a node's repository holds.
     *
     * @param bytes its size on the disk
     * @param limit the size at which the node collects garbage
     * @param blocks the number of blocks
     */
    public record Repository(long bytes, long limit, long blocks) {}

    /**
     * Returns the node's version.
     *
     * @return for example {@code 0.42.0}
     */
    public String version() {
        return call(
                KuboRpc.Call.repeatable("version"),
                reply -> IpfsErrors.words(
                        reply.object().text("Version").orElseThrow(() -> reply.mismatch("it names no version"))));
    }

    /**
     * Stores a file and pins it, as {@code ipfs add --cid-version=1} does, in constant memory: content is read as fast as the
     * node takes it. The CID is computed here and compared with the node's.
     *
     * @param content the bytes, read to the end; not closed
     * @param sent is told the number of bytes sent so far, on this thread
     * @return the file's CID
     * @throws IOException if reading the content fails
     * @throws DreamException if the node does not store it: {@link ErrorCode#STORE_FULL}, {@link ErrorCode#STORE_READ_ONLY},
     *     {@link ErrorCode#BLOB_TOO_LARGE}, or as every call. The node then has nothing under the file's CID that it had not before, or
     *     has it whole
     */
    public Cid add(InputStream content, LongConsumer sent) throws IOException {
        KuboRpc.Call call = KuboRpc.Call.once("add", ADD);
        Upload upload = new Upload(content, sent);
        try (KuboReply reply = rpc.transfer(call, List.of(upload))) {
            Cid named = reply.cid(reply.object().text("Hash"));
            upload.rethrowContentFailure();
            Cid root = upload.root().orElseThrow(() -> reply.mismatch("it answers before it has the whole file"));
            if (!named.equals(root)) {
                throw reply.mismatch("it names the file " + named + " instead of " + root);
            }
            return root;
        } catch (KuboRefusal e) {
            upload.rethrowContentFailure();
            throw IpfsErrors.refused(rpc.server(), call.command(), e);
        } catch (IOException e) {
            upload.rethrowContentFailure();
            throw IpfsErrors.broken(rpc.server(), call.command(), e);
        }
    }

    /**
     * Opens a file as the node gives it, unchecked; {@link KuboBlobStore#open} checks it.
     *
     * @param cid the file's CID
     * @return the bytes; the caller closes it. Reading throws what every call throws
     * @throws NotFoundException with {@link ErrorCode#BLOB_NOT_FOUND} if the node does not find it
     */
    public InputStream cat(Cid cid) {
        return stream(cid, "cat");
    }

    /**
     * Fetches one block, unchecked, as every block source does. The node searches the network for it unless the settings say not
     * to.
     *
     * @param cid the block's CID
     * @return the bytes, or empty if the node does not find it
     */
    @Override
    public Optional<byte[]> block(Cid cid) {
        KuboRpc.Call call = search("block/get", cid);
        try {
            return Optional.of(rpc.call(call, reply -> reply.bytes(UnixFsFile.MAX_BLOCK_BYTES)));
        } catch (KuboRefusal e) {
            return emptyIfNotFound(call, e);
        }
    }

    /**
     * Tells the size of a block that the node itself has.
     *
     * @param cid the block's CID
     * @return its size in bytes, or empty if the node does not have it
     */
    public OptionalLong blockSize(Cid cid) {
        KuboRpc.Call call = KuboRpc.Call.repeatable("block/stat", "arg", cid.toString(), "offline", "true");
        try {
            return OptionalLong.of(rpc.call(
                    call, reply -> reply.object().size("Size").orElseThrow(() -> reply.mismatch("it states no size"))));
        } catch (KuboRefusal e) {
            emptyIfNotFound(call, e);
            return OptionalLong.empty();
        }
    }

    /**
     * Stores one block, unpinned.
     *
     * @param codec what the block holds
     * @param block the bytes, at most {@link UnixFsFile#MAX_BLOCK_BYTES}
     * @return its CID
     */
    public Cid putBlock(Cid.Codec codec, byte[] block) {
        if (block.length > UnixFsFile.MAX_BLOCK_BYTES) {
            throw new IllegalArgumentException("A block has at most " + UnixFsFile.MAX_BLOCK_BYTES + " bytes");
        }
        String name = switch (codec) {
            case RAW -> "raw";
            case DAG_PB -> "dag-pb";
            case DAG_CBOR -> "dag-cbor";
        };
        KuboRpc.Call call = KuboRpc.Call.repeatable(
                "block/put", "cid-codec", name, "mhtype", "sha2-256", "pin", "false", "allow-big-block", "true");
        Cid cid = Cid.of(codec, block);
        try {
            return rpc.call(call, block, reply -> {
                Cid named = reply.cid(reply.object().text("Key"));
                if (!named.equals(cid)) {
                    throw reply.mismatch("it names the block " + named + " instead of " + cid);
                }
                return cid;
            });
        } catch (KuboRefusal e) {
            throw IpfsErrors.refused(rpc.server(), call.command(), e);
        }
    }

    /**
     * Opens a CAR with a block and all below it, unchecked.
     *
     * @param root the block's CID
     * @return the CAR's bytes; the caller closes it. Reading throws {@link NotFoundException} at a missing block, and what every
     *     call throws
     * @throws NotFoundException with {@link ErrorCode#BLOB_NOT_FOUND} if the node does not find the root
     */
    public InputStream exportCar(Cid root) {
        return stream(root, "dag/export");
    }

    /**
     * Stores the blocks of a CAR, and pins its roots; the node checks every block.
     *
     * @param car the CAR's bytes, read to the end; not closed
     * @return the roots
     * @throws IOException if reading the CAR fails
     */
    public List<Cid> importCar(InputStream car) throws IOException {
        KuboRpc.Call call = KuboRpc.Call.once("dag/import", "pin-roots", "true", "stats", "false");
        StreamUpload upload = new StreamUpload(car);
        try (KuboReply reply = rpc.transfer(call, List.of(upload))) {
            upload.rethrowContentFailure();
            return roots(reply);
        } catch (KuboRefusal e) {
            upload.rethrowContentFailure();
            throw IpfsErrors.refused(rpc.server(), call.command(), e);
        } catch (IOException e) {
            upload.rethrowContentFailure();
            throw IpfsErrors.broken(rpc.server(), call.command(), e);
        }
    }

    /** Stores blocks that are made while they are sent, and pins their root; the node checks every block. */
    Cid importDag(DagUpload.Content content) throws IOException {
        KuboRpc.Call call = KuboRpc.Call.once("dag/import", "pin-roots", "true", "stats", "false");
        DagUpload upload = new DagUpload(content);
        try (KuboReply reply = rpc.transfer(call, upload.parts())) {
            upload.rethrowContentFailure();
            Cid root = upload.root().orElseThrow(() -> reply.mismatch("it answers before it has all blocks"));
            if (!roots(reply).equals(List.of(root))) {
                throw reply.mismatch("it pinned something else than " + root);
            }
            return root;
        } catch (KuboRefusal e) {
            upload.rethrowContentFailure();
            if (e.saysNotFound()) {
                throw new NotFoundException(
                        ErrorCode.BLOB_NOT_FOUND,
                        "A block below the root is neither in what was sent nor in " + server(),
                        e);
            }
            throw IpfsErrors.refused(rpc.server(), call.command(), e);
        } catch (IOException e) {
            upload.rethrowContentFailure();
            throw IpfsErrors.broken(rpc.server(), call.command(), e);
        }
    }

    private static List<Cid> roots(KuboReply reply) throws IOException, KuboRefusal {
        List<Cid> roots = new ArrayList<>();
        Optional<Json> next = reply.next();
        while (next.isPresent()) {
            Json root = next.get().object("Root").orElseThrow(() -> reply.mismatch("it sends no root"));
            String failed = root.text("PinErrorMsg").orElse("");
            if (!failed.isEmpty()) {
                throw new KuboRefusal(failed);
            }
            limitList(reply, roots);
            roots.add(linked(reply, root, "Cid"));
            next = reply.next();
        }
        return List.copyOf(roots);
    }

    /**
     * Keeps a block and all below it from the node's garbage collection. The node fetches from the network what it does not have.
     *
     * @param cid the block's CID
     * @throws NotFoundException with {@link ErrorCode#BLOB_NOT_FOUND} if the node does not find one of the blocks
     */
    public void pin(Cid cid) {
        KuboRpc.Call call = search("pin/add", cid);
        try {
            rpc.call(call, KuboReply::object);
        } catch (KuboRefusal e) {
            emptyIfNotFound(call, e);
            throw notFound(cid);
        }
    }

    /**
     * Leaves a block to the node's garbage collection again; if it is not pinned, nothing changes.
     *
     * @param cid the block's CID
     */
    public void unpin(Cid cid) {
        KuboRpc.Call call = KuboRpc.Call.repeatable("pin/rm", "arg", cid.toString());
        try {
            rpc.call(call, KuboReply::object);
        } catch (KuboRefusal e) {
            if (!e.says("not pinned")) {
                throw IpfsErrors.refused(rpc.server(), call.command(), e);
            }
        }
    }

    /**
     * Tells whether a block is pinned itself, with all below it.
     *
     * @param cid the block's CID
     * @return true if it is
     */
    public boolean isPinned(Cid cid) {
        KuboRpc.Call call = KuboRpc.Call.repeatable("pin/ls", "arg", cid.toString(), "type", "recursive");
        try {
            rpc.call(call, KuboReply::object);
            return true;
        } catch (KuboRefusal e) {
            if (e.says("not pinned")) {
                return false;
            }
            throw IpfsErrors.refused(rpc.server(), call.command(), e);
        }
    }

    /**
     * Lists what is pinned with all below it.
     *
     * @return the pinned blocks' CIDs
     */
    public List<Cid> pins() {
        return call(KuboRpc.Call.repeatable("pin/ls", "type", "recursive", "stream", "true"), reply -> {
            List<Cid> pins = new ArrayList<>();
            Optional<Json> next = reply.next();
            while (next.isPresent()) {
                limitList(reply, pins);
                pins.add(reply.cid(next.get().text("Cid")));
                next = reply.next();
            }
            return List.copyOf(pins);
        });
    }

    /**
     * Publishes a CID under the name of one of the node's keys.
     *
     * @param key the key's name in the node, for example {@code self}
     * @param cid what the name shall mean
     * @param lifetime how long the record is valid
     * @return the name, as {@link #resolve} takes it
     */
    public String publish(String key, Cid cid, Duration lifetime) {
        return call(
                KuboRpc.Call.once(
                        "name/publish",
                        "arg",
                        "/ipfs/" + cid,
                        "key",
                        key,
                        "lifetime",
                        lifetime.toSeconds() + "s",
                        "resolve",
                        "false",
                        "allow-offline",
                        "true"),
                reply -> {
                    Json published = reply.object();
                    if (!published.text("Value").equals(Optional.of("/ipfs/" + cid))) {
                        throw reply.mismatch("it published something else");
                    }
                    return published
                            .text("Name")
                            .filter(name -> name.matches("[a-zA-Z0-9]{1,128}"))
                            .orElseThrow(() -> reply.mismatch("it sends no name"));
                });
    }

    /**
     * Finds out what a name means, by the node's word alone.
     *
     * @param name the name, without {@code /ipns/}
     * @return the CID published last, as far as the node knows
     * @throws NotFoundException with {@link ErrorCode#BLOB_NOT_FOUND} if the node knows of none
     */
    public Cid resolve(String name) {
        KuboRpc.Call call =
                KuboRpc.Call.repeatable("name/resolve", "arg", name, "offline", Boolean.toString(!searches()));
        try {
            return rpc.call(call, reply -> {
                String path = reply.object().text("Path").orElse("");
                return reply.cid(path.startsWith("/ipfs/") ? Optional.of(path.substring(6)) : Optional.empty());
            });
        } catch (KuboRefusal e) {
            if (e.says("could not resolve") || e.saysNotFound()) {
                throw new NotFoundException(
                        ErrorCode.BLOB_NOT_FOUND,
                        rpc.server() + " does not know what the name " + IpfsErrors.words(name) + " means");
            }
            throw IpfsErrors.refused(rpc.server(), call.command(), e);
        }
    }

    /**
     * Tells how much the node holds.
     *
     * @return its repository's numbers
     */
    public Repository repository() {
        return call(KuboRpc.Call.repeatable("repo/stat"), reply -> {
            Json stated = reply.object();
            return new Repository(
                    stated.size("RepoSize").orElseThrow(() -> reply.mismatch("it states no size")),
                    stated.size("StorageMax").orElseThrow(() -> reply.mismatch("it states no limit")),
                    stated.size("NumObjects").orElseThrow(() -> reply.mismatch("it states no number of blocks")));
        });
    }

    /**
     * Lists the blocks that the node itself has.
     *
     * @return their SHA-256 digests; blocks under other hashes are left out
     */
    Set<Bytes> localBlocks() {
        return digests(KuboRpc.Call.repeatable("refs/local"), "Ref");
    }

    /**
     * Lists the blocks that pins keep, directly or not.
     *
     * @return their SHA-256 digests
     */
    Set<Bytes> pinnedBlocks() {
        return digests(KuboRpc.Call.repeatable("pin/ls", "type", "all", "stream", "true"), "Cid");
    }

    private Set<Bytes> digests(KuboRpc.Call call, String key) {
        try (KuboReply reply = rpc.transfer(call, List.of())) {
            Set<Bytes> digests = new HashSet<>();
            int listed = 0;
            Optional<Json> next = reply.next();
            while (next.isPresent()) {
                if (listed++ == MAX_LISTED) {
                    throw reply.mismatch("it lists more than " + MAX_LISTED + " CIDs");
                }
                next.get().text(key).flatMap(KuboClient::sha256).ifPresent(digests::add);
                next = reply.next();
            }
            return digests;
        } catch (KuboRefusal e) {
            throw IpfsErrors.refused(rpc.server(), call.command(), e);
        } catch (IOException e) {
            throw IpfsErrors.broken(rpc.server(), call.command(), e);
        }
    }

    /** A node may have blocks of any kind; those of kinds that are not used here do not count. */
    private static Optional<Bytes> sha256(String cid) {
        try {
            return Optional.of(Cid.parse(cid).digest());
        } catch (DreamException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the root of the node's own files, which its garbage collection spares.
     *
     * @return the root's CID
     */
    Cid filesRoot() {
        return call(
                KuboRpc.Call.repeatable("files/stat", "arg", "/"),
                reply -> reply.cid(reply.object().text("Hash")));
    }

    /**
     * Deletes the blocks that no pin keeps.
     *
     * @return how many were deleted
     */
    public long collectGarbage() {
        return collectGarbage(deleted -> {});
    }

    /**
     * Deletes the blocks that no pin keeps, as {@link #collectGarbage()} does, and tells how far it is.
     *
     * @param progress is told the number of blocks deleted so far, on this thread; what it throws ends the call, and maybe the collection
     * @return how many were deleted
     */
    public long collectGarbage(LongConsumer progress) {
        KuboRpc.Call call = KuboRpc.Call.once("repo/gc", "stream-errors", "false");
        try (KuboReply reply = rpc.transfer(call, List.of())) {
            long deleted = 0;
            Optional<Json> next = reply.next();
            while (next.isPresent()) {
                linked(reply, next.get(), "Key");
                deleted++;
                progress.accept(deleted);
                next = reply.next();
            }
            return deleted;
        } catch (KuboRefusal e) {
            throw IpfsErrors.refused(rpc.server(), call.command(), e);
        } catch (IOException e) {
            throw IpfsErrors.broken(rpc.server(), call.command(), e);
        }
    }

    String server() {
        return rpc.server();
    }

    private boolean searches() {
        return !settings.searchTimeout().isZero();
    }

    private KuboRpc.Call search(String command, Cid cid) {
        return searches()
                ? KuboRpc.Call.repeatable(
                        command,
                        "arg",
                        cid.toString(),
                        "timeout",
                        settings.searchTimeout().toMillis() + "ms")
                : KuboRpc.Call.repeatable(command, "arg", cid.toString(), "offline", "true");
    }

    private <T> T call(KuboRpc.Call call, KuboRpc.Reading<T> reading) {
        try {
            return rpc.call(call, reading);
        } catch (KuboRefusal e) {
            throw IpfsErrors.refused(rpc.server(), call.command(), e);
        }
    }

    private <T> Optional<T> emptyIfNotFound(KuboRpc.Call call, KuboRefusal refusal) {
        if (refusal.saysNotFound()) {
            return Optional.empty();
        }
        throw IpfsErrors.refused(rpc.server(), call.command(), refusal);
    }

    private InputStream stream(Cid cid, String command) {
        KuboRpc.Call call = KuboRpc.Call.once(
                command, "arg", cid.toString(), "progress", "false", "offline", Boolean.toString(!searches()));
        try {
            return new KuboStream(rpc.server(), call.command(), cid, rpc.transfer(call, List.of()));
        } catch (KuboRefusal e) {
            emptyIfNotFound(call, e);
            throw notFound(cid);
        } catch (IOException e) {
            throw IpfsErrors.broken(rpc.server(), call.command(), e);
        }
    }

    private NotFoundException notFound(Cid cid) {
        return new NotFoundException(ErrorCode.BLOB_NOT_FOUND, rpc.server() + " does not find all of " + cid);
    }

    private static Cid linked(KuboReply reply, Json object, String key) {
        return reply.cid(object.object(key).flatMap(link -> link.text("/")));
    }

    private static void limitList(KuboReply reply, List<Cid> list) {
        if (list.size() == MAX_LISTED) {
            throw reply.mismatch("it lists more than " + MAX_LISTED + " CIDs");
        }
    }

    /** Frees the connections; calling it twice does nothing more. */
    @Override
    public void close() {
        rpc.close();
    }
}
