package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Asks a source that is far away for several blocks at a time, before their turn comes, because it answers late. For one thread. */
final class ReadAhead implements BlockSource, AutoCloseable {
    /** How many blocks are asked for before their turn: so many are held in memory at most. */
    static final int AHEAD = 16;

    private final BlockSource far;
    private final Predicate<Cid> here;
    private final Deque<Cid> expected = new ArrayDeque<>();
    private final Set<Cid> considered = new HashSet<>();
    private final Map<Cid, Future<Optional<byte[]>>> asked = new HashMap<>();
    private @Nullable ExecutorService asking;

    /**
     * Creates a reader that asks for nothing yet.
     *
     * @param far gives the blocks
     * @param here tells which blocks need not be asked for
     */
    ReadAhead(BlockSource far, Predicate<Cid> here) {
        this.far = far;
        this.here = here;
    }

    /** Says which blocks are wanted next, before all of which that was said earlier. */
    void expect(List<Cid> next) {
        next.reversed().forEach(expected::addFirst);
    }

    @Override
    public Optional<byte[]> block(Cid cid) {
        pass(cid);
        Future<Optional<byte[]>> answer = asked.remove(cid);
        askAhead();
        return answer == null ? far.block(cid) : await(answer);
    }

    /** Says that a block's turn has come; those expected before it are not wanted any more. */
    void pass(Cid cid) {
        if (!expected.contains(cid)) {
            return;
        }
        Cid next = expected.removeFirst();
        while (!next.equals(cid)) {
            considered.remove(next);
            Future<Optional<byte[]>> unwanted = asked.remove(next);
            if (unwanted != null) {
                unwanted.cancel(true);
            }
            next = expected.removeFirst();
        }
        considered.remove(cid);
    }

    private void askAhead() {
        int place = 0;
        for (Cid cid : expected) {
            if (place++ == AHEAD) {
                return;
            }
            if (considered.add(cid) && !asked.containsKey(cid) && !here.test(cid)) {
                if (asking == null) {
                    asking = Executors.newVirtualThreadPerTaskExecutor();
                }
                asked.put(cid, asking.submit(() -> far.block(cid)));
            }
        }
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

    /** Gives up what was asked ahead. */
    @Override
    public void close() {
        if (asking != null) {
            asking.shutdownNow();
            asking.close();
        }
    }
}
