package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.StorageException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/**
 * Brings a block and all below it from elsewhere into a store on this machine, every block after those that it links to. Several
 * blocks are asked for at a time, because what is far away answers late.
 */
final class DagCopy implements AutoCloseable {
    /** The most blocks above one that is brought. */
    static final int MAX_DEPTH = 128;

    /** How many blocks are asked for ahead: so many blocks are held in memory at most, beside those on the way to the root. */
    private static final int AHEAD = 16;

    private static final int ATTEMPTS = 3;

    private final Cid root;
    private final BlockStore near;
    private final BlockSource far;
    private final LongConsumer brought;
    private final ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Cid, Future<Optional<byte[]>>> asked = new HashMap<>();
    private final Set<Cid> done = new HashSet<>();
    private long bytes;

    private DagCopy(Cid root, BlockStore near, BlockSource far, LongConsumer brought) {
        this.root = root;
        this.near = near;
        this.far = far;
        this.brought = brought;
    }

    /** Brings it all, and makes sure that it is here when this returns. */
    static void bring(Cid root, BlockStore near, BlockSource far, LongConsumer brought) {
        try (DagCopy copy = new DagCopy(root, near, far, brought)) {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                copy.run();
                // An eviction may have taken what came first, before the root was there to keep it.
                if (copy.isWhole()) {
                    return;
                }
                copy.done.clear();
            }
        }
        throw new StorageException(
                ErrorCode.STORE_FULL, "Blob " + root + " does not fit here: its first blocks go when its last come");
    }

    private boolean isWhole() {
        Set<Cid> seen = new HashSet<>();
        boolean[] whole = {true};
        try {
            Dag.walk(root, near, cid -> {
                whole[0] &= near.has(cid);
                return whole[0] && seen.add(cid);
            });
        } catch (NotFoundException e) {
            return false;
        }
        return whole[0];
    }

    private void run() {
        Deque<Node> path = new ArrayDeque<>();
        path.push(node(root));
        while (!path.isEmpty()) {
            Node at = path.element();
            if (at.next == at.links.size()) {
                path.pop();
                store(at);
                done.add(at.cid);
                continue;
            }
            askAhead(at);
            Cid cid = at.links.get(at.next++);
            if (!done.contains(cid)) {
                if (path.size() == MAX_DEPTH) {
                    throw new InvalidInputException(
                            ErrorCode.BLOB_TOO_LARGE,
                            "What " + root + " names is deeper than " + MAX_DEPTH + " blocks");
                }
                path.push(node(cid));
            }
        }
    }

    private void askAhead(Node at) {
        int end = Math.min(at.links.size(), at.next + AHEAD);
        for (Cid cid : at.links.subList(at.next, end)) {
            if (asked.size() < AHEAD && !asked.containsKey(cid) && !done.contains(cid) && !near.has(cid)) {
                asked.put(cid, asking.submit(() -> far.block(cid)));
            }
        }
    }

    private Node node(Cid cid) {
        Optional<byte[]> here = soundBlock(near, cid);
        byte[] block = here.or(() -> fromAfar(cid))
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.BLOB_NOT_FOUND,
                        cid.equals(root)
                                ? "No blob " + root + " is to be had"
                                : "Block " + cid + " of " + root + " is not to be had"));
        if (here.isEmpty()) {
            bytes += block.length;
        }
        brought.accept(bytes);
        return new Node(cid, Dag.links(cid, block), block, here.isPresent());
    }

    private Optional<byte[]> fromAfar(Cid cid) {
        Future<Optional<byte[]>> answer = asked.remove(cid);
        Optional<byte[]> block = answer == null ? far.block(cid) : await(answer);
        block.filter(bytesOf -> !isSound(cid, bytesOf)).ifPresent(bytesOf -> {
            throw new CorruptDataException(
                    ErrorCode.BLOB_CORRUPT, "Block " + cid + " of " + root + " came with other bytes");
        });
        return block;
    }

    private static Optional<byte[]> await(Future<Optional<byte[]>> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException(ErrorCode.CANCELLED, "Interrupted while blocks were fetched", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException("A block source throws no checked exceptions", e);
        }
    }

    /** A block whose links are being followed. */
    private static final class Node {
        private final Cid cid;
        private final List<Cid> links;
        private final byte[] block;
        private final boolean here;
        private int next;

        Node(Cid cid, List<Cid> links, byte[] block, boolean here) {
            this.cid = cid;
            this.links = links;
            this.block = block;
            this.here = here;
        }
    }

    private void store(Node node) {
        if (!node.here) {
            try {
                near.putBlock(node.cid, node.block);
            } catch (DreamException e) {
                if (e.code() != ErrorCode.STORE_FULL || !near.evict()) {
                    throw e;
                }
                near.putBlock(node.cid, node.block);
            }
        }
    }

    /** A block of a store, unless it is not there or damaged. */
    static Optional<byte[]> soundBlock(BlockSource source, Cid cid) {
        try {
            return source.block(cid).filter(block -> isSound(cid, block));
        } catch (DreamException e) {
            if (e.code() == ErrorCode.BLOB_CORRUPT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    static boolean isSound(Cid cid, byte[] block) {
        return block.length <= UnixFsFile.MAX_BLOCK_BYTES && Bytes.sha256(block).equals(cid.digest());
    }

    /** Gives up what was asked ahead. */
    @Override
    public void close() {
        asking.shutdownNow();
        asking.close();
    }
}
