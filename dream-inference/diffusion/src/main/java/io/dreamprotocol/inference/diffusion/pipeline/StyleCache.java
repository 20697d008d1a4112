package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * The styled networks of one model. A set that nobody uses any more is kept until newer ones need its room, so that going
 * back to it costs nothing. Thread-safe.
 */
final class StyleCache implements AutoCloseable {
    /** The most sets that are kept unused. */
    static final int MAX_IDLE = 4;

    /** The most memory of sets that are kept unused. */
    static final long MAX_IDLE_BYTES = 1L << 30;

    private final Function<StyleSet, StyledNetworks> maker;

    /** Those that are in use, kept, or being made, the one that was asked for longest ago first. */
    private final Map<StyleSet.Key, Entry> entries = new LinkedHashMap<>();

    private boolean closed;

    StyleCache(Function<StyleSet, StyledNetworks> maker) {
        this.maker = maker;
    }

    private static final class Entry {
        private final CompletableFuture<StyledNetworks> networks = new CompletableFuture<>();
        private int users;
    }

    /** Networks in use. Closing gives them back; closing twice does nothing more. */
    final class Lease implements AutoCloseable {
        private final Entry entry;
        private final StyledNetworks networks;
        private boolean ended;

        private Lease(Entry entry, StyledNetworks networks) {
            this.entry = entry;
            this.networks = networks;
        }

        StyledNetworks networks() {
            return networks;
        }

        @Override
        public void close() {
            synchronized (entries) {
                if (!ended) {
                    ended = true;
                    giveBack(entry);
                }
            }
        }
    }

    /** Returns the networks of a set, which are made unless they are there. Whoever asks for one being made waits. */
    Lease lease(StyleSet set) {
        Entry entry = use(set);
        try {
            return new Lease(entry, entry.networks.get());
        } catch (ExecutionException e) {
            giveBack(entry);
            if (e.getCause() instanceof DreamException error) {
                throw error;
            }
            throw new IllegalStateException("applying styles failed", e.getCause());
        } catch (InterruptedException e) {
            giveBack(entry);
            Thread.currentThread().interrupt();
            throw new StoppedException(ErrorCode.CANCELLED, "Applying styles was interrupted", e);
        }
    }

    private Entry use(StyleSet set) {
        StyleSet.Key key = set.key();
        synchronized (entries) {
            if (closed) {
                throw new IllegalStateException("The model is closed");
            }
            Entry known = entries.remove(key);
            Entry entry = known == null ? new Entry() : known;
            entry.users++;
            entries.put(key, entry);
            if (known == null) {
                // A thread of its own, so that an interrupted caller disappoints nobody else.
                Thread.ofPlatform().daemon().name("dream-styling").start(() -> make(key, entry, set));
            }
            return entry;
        }
    }

    private void make(StyleSet.Key key, Entry entry, StyleSet set) {
        try {
            entry.networks.complete(maker.apply(set));
        } catch (RuntimeException | Error e) {
            synchronized (entries) {
                entries.remove(key, entry);
            }
            entry.networks.completeExceptionally(e);
        }
        synchronized (entries) {
            closeSurplus();
        }
    }

    private void giveBack(Entry entry) {
        synchronized (entries) {
            entry.users--;
            closeSurplus();
        }
    }

    /** Closes unused sets beyond what may be kept. Called with the lock held. */
    private void closeSurplus() {
        int idle = 0;
        long bytes = 0;
        for (Entry entry : entries.values()) {
            if (isIdle(entry)) {
                idle++;
                bytes += entry.networks.join().bytes();
            }
        }
        Iterator<Entry> oldestFirst = entries.values().iterator();
        while (oldestFirst.hasNext() && (closed || idle > MAX_IDLE || bytes > MAX_IDLE_BYTES)) {
            Entry entry = oldestFirst.next();
            if (isIdle(entry)) {
                StyledNetworks networks = entry.networks.join();
                networks.close();
                idle--;
                bytes -= networks.bytes();
                oldestFirst.remove();
            }
        }
    }

    private static boolean isIdle(Entry entry) {
        return entry.users == 0 && entry.networks.isDone();
    }

    /** Closes what nobody uses; the rest is closed as it is given back. */
    @Override
    public void close() {
        synchronized (entries) {
            closed = true;
            closeSurplus();
        }
    }
}
