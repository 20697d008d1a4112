package io.dreamprotocol.core;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.storage.BlobSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Opens image models when they are needed and keeps as many of them in memory as a budget allows.
 *
 * <p>One loaded model serves all who want it at the same time. A model is loaded once however many ask for it meanwhile; a failed
 * attempt is not remembered, so that the next request tries again. When the budget is used up, the models that nobody uses are
 * closed, the one that was not used for longest first; if that is not enough, whoever wants another model waits until one is given
 * back. What counts is the size of a model's files ({@link ModelDescriptor#files}), which is known once the model was opened for
 * the first time: that first time may exceed the budget until the size is known.
 *
 * <p>{@link #model} gives an image model that is in memory only while it works, which fits wherever an {@link ImageModel} does.
 * {@link #lease} keeps it in memory for longer.
 *
 * <pre>{@code
 * try (ModelCache cache = ModelCache.of(8L << 30)) {
 *     ImageModel small = cache.model("onnx:dream-mini");
 *     ImageModel large = cache.model("onnx:./models/sd15");
 *     ...
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class ModelCache implements AutoCloseable {
    private final Function<String, ImageModel> opener;
    private final long budget;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Entry> entries = new HashMap<>();
    private long clock;
    private @Nullable RuntimeException closingFailure;
    private boolean closed;

    /**
     * Creates a cache of models that are opened in a way of one's own.
     *
     * @param budget the most bytes of model files in memory, at least 1
     * @param opener opens the model of an address; called on a thread of the cache, never twice at a time for one address
     */
    public ModelCache(long budget, Function<String, ImageModel> opener) {
        if (budget < 1) {
            throw new IllegalArgumentException("A memory budget is positive, not " + budget);
        }
        this.budget = budget;
        this.opener = Objects.requireNonNull(opener, "opener");
    }

    /**
     * Creates a cache of models that {@link Backends#openImageModel} opens.
     *
     * @param budget the most bytes of model files in memory, at least 1
     * @return the cache
     */
    public static ModelCache of(long budget) {
        return new ModelCache(budget, Backends::openImageModel);
    }

    /**
     * Returns a model that is loaded whenever it has work to do. The model is opened for the first time when it is first asked for
     * anything, its descriptor for example, which is remembered from then on. Closing the returned model does nothing: its memory
     * is this cache's.
     *
     * @param address the model's address, for example {@code onnx:dream-mini}
     * @return the model; its methods throw what opening a model throws, {@code not-enough-memory} if it is larger than the budget,
     *     and {@link IllegalStateException} once the cache is closed
     */
    public ImageModel model(String address) {
        return new LoadedOnDemand(Objects.requireNonNull(address, "address"));
    }

    /**
     * Returns a model that stays in memory until it is given back. Waits while there is no room for it; one who holds a lease and
     * asks for another one may so wait for himself.
     *
     * @param address the model's address
     * @param cancellation ends the waiting
     * @return the model and the right to use it, to be closed by the caller
     * @throws DreamException what opening the model throws; {@code not-enough-memory} if it is larger than the budget; {@code
     *     cancelled} or {@code deadline-exceeded} when stopped
     * @throws IllegalStateException if the cache is closed
     */
    public Lease lease(String address, Cancellation cancellation) {
        return new Lease(acquire(address, cancellation));
    }

    /**
     * Lists the models that are in memory.
     *
     * @return their addresses, the one that was not used for longest first
     */
    public List<String> loaded() {
        lock.lock();
        try {
            return entries.values().stream()
                    .filter(entry -> entry.state == State.READY)
                    .sorted(Comparator.comparingLong(entry -> entry.lastUsed))
                    .map(entry -> entry.address)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the size of what is in memory or on its way there.
     *
     * @return the bytes of the models' files
     */
    public long loadedBytes() {
        lock.lock();
        try {
            return used();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes all models, after everyone has given them back and loading has ended. Who waits for a model gets an {@link
     * IllegalStateException}. Closing twice does nothing more.
     *
     * @throws RuntimeException what the closing of a model threw, now or when it had to give way to others
     */
    @Override
    public void close() {
        List<Entry> ready = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            while (entries.values().stream().anyMatch(Entry::isBusy)) {
                changed.awaitUninterruptibly();
            }
            for (Entry entry : entries.values()) {
                if (entry.state == State.READY) {
                    entry.state = State.CLOSING;
                    ready.add(entry);
                }
            }
        } finally {
            lock.unlock();
        }
        ready.forEach(this::unload);
        lock.lock();
        try {
            RuntimeException failure = closingFailure;
            closingFailure = null;
            if (failure != null) {
                throw failure;
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("try") // the registration is held for its closing only
    private Entry acquire(String address, Cancellation cancellation) {
        Objects.requireNonNull(address, "address");
        lock.lock();
        try (Cancellation.Registration wake = cancellation.onStop(this::wake)) {
            Entry entry = entries.computeIfAbsent(address, Entry::new);
            entry.wanted++;
            try {
                while (entry.state != State.READY || closed) {
                    requireGoingOn(cancellation);
                    advance(entry);
                }
                cancellation.throwIfStopped();
                entry.leases++;
                entry.lastUsed = ++clock;
                return entry;
            } finally {
                entry.wanted--;
                forgetUnknown(entry);
            }
        } finally {
            lock.unlock();
        }
    }

    private void requireGoingOn(Cancellation cancellation) {
        cancellation.throwIfStopped();
        if (closed) {
            throw new IllegalStateException("The model cache is closed");
        }
    }

    /** Comes closer to having a model in memory, or waits until something changes. */
    private void advance(Entry entry) {
        Load load = entry.load;
        if (entry.state != State.ABSENT) {
            awaitChange();
            if (load != null) {
                load.throwIfFailed();
            }
            return;
        }
        if (entry.bytes > budget) {
            throw new UnsupportedException(
                    ErrorCode.NOT_ENOUGH_MEMORY,
                    "The model " + entry.address + " has " + entry.bytes
                            + " bytes, more than the model cache's budget of " + budget + "; raise it");
        }
        if (used() + entry.bytes <= budget) {
            startLoading(entry);
            return;
        }
        Optional<Entry> idle = longestIdle();
        if (idle.isPresent()) {
            evict(idle.get());
        } else {
            awaitChange();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the loop is in acquire, which looks at everything anew
    private void awaitChange() {
        changed.awaitUninterruptibly();
    }

    private void startLoading(Entry entry) {
        Load load = new Load();
        entry.load = load;
        entry.state = State.LOADING;
        Thread.ofPlatform().daemon().name("dream-model-cache").start(() -> load(entry, load));
    }

    /** Loads a model on a thread of the cache, so that one who gives up does not take it from others who wait for it. */
    private void load(Entry entry, Load load) {
        ImageModel model;
        ModelDescriptor descriptor;
        try {
            model = opener.apply(entry.address);
            descriptor = model.descriptor();
        } catch (RuntimeException e) {
            finish(entry, load, e);
            return;
        } catch (OutOfMemoryError e) {
            finish(
                    entry,
                    load,
                    new UnsupportedException(
                            ErrorCode.NOT_ENOUGH_MEMORY,
                            "There is not enough memory to load the model " + entry.address + "; close others",
                            e));
            return;
        } catch (Error e) {
            finish(
                    entry,
                    load,
                    new UnavailableException(
                            ErrorCode.ENGINE_FAILED,
                            "The engine of the model " + entry.address + " failed while loading: " + e,
                            e));
            return;
        }
        lock.lock();
        try {
            entry.model = model;
            entry.descriptor = descriptor;
            entry.bytes = size(descriptor);
            if (makeRoomFor(entry)) {
                entry.state = State.READY;
                entry.lastUsed = ++clock;
                entry.load = null;
                changed.signalAll();
                return;
            }
            entry.state = State.CLOSING;
        } finally {
            lock.unlock();
        }
        // Whoever wants it waits for room from now on, or is told that there never will be.
        unload(entry);
    }

    private void finish(Entry entry, Load load, RuntimeException failure) {
        lock.lock();
        try {
            load.failure = failure;
            entry.state = State.ABSENT;
            entry.load = null;
            forgetUnknown(entry);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Evicts until a model whose size was unknown before fits; tells whether it does. */
    private boolean makeRoomFor(Entry loading) {
        while (used() > budget && loading.bytes <= budget) {
            Optional<Entry> idle = longestIdle();
            if (idle.isEmpty()) {
                return false;
            }
            evict(idle.get());
        }
        return loading.bytes <= budget;
    }

    private Optional<Entry> longestIdle() {
        return entries.values().stream()
                .filter(entry -> entry.state == State.READY && entry.leases == 0 && entry.wanted == 0)
                .min(Comparator.comparingLong(entry -> entry.lastUsed));
    }

    /** Closes an idle model; gives the lock up meanwhile. */
    private void evict(Entry entry) {
        entry.state = State.CLOSING;
        lock.unlock();
        try {
            unload(entry);
        } finally {
            lock.lock();
        }
    }

    /** Closes the model of an entry that is in the state for it; what goes wrong is not the error of whoever needs the room. */
    private void unload(Entry entry) {
        RuntimeException failure = null;
        try {
            Objects.requireNonNull(entry.model).close();
        } catch (RuntimeException e) {
            failure = e;
        }
        lock.lock();
        try {
            entry.model = null;
            entry.state = State.ABSENT;
            entry.load = null;
            if (closingFailure == null) {
                closingFailure = failure;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void release(Entry entry) {
        lock.lock();
        try {
            entry.leases--;
            entry.lastUsed = ++clock;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** An address that never was a model's takes no memory. */
    private void forgetUnknown(Entry entry) {
        if (entry.state == State.ABSENT && entry.descriptor == null && entry.wanted == 0) {
            entries.remove(entry.address, entry);
        }
    }

    private long used() {
        long sum = 0;
        for (Entry entry : entries.values()) {
            if (entry.state != State.ABSENT) {
                sum = saturatedSum(sum, entry.bytes);
            }
        }
        return sum;
    }

    private static long size(ModelDescriptor descriptor) {
        long sum = 0;
        for (ModelFile file : descriptor.files()) {
            sum = saturatedSum(sum, file.size());
        }
        return sum;
    }

    /** A quarter of the range is more than any machine has, and leaves room to add. */
    private static long saturatedSum(long a, long b) {
        return Math.min(a, Long.MAX_VALUE / 4) + Math.min(b, Long.MAX_VALUE / 4);
    }

    private enum State {
        ABSENT,
        LOADING,
        READY,
        CLOSING
    }

    /** One attempt to load a model. */
    private static final class Load {
        private @Nullable RuntimeException failure;

        void throwIfFailed() {
            if (failure != null) {
                throw failure;
            }
        }
    }

    /** What is known of one address; guarded by the cache's lock. */
    private static final class Entry {
        private final String address;
        private State state = State.ABSENT;
        private @Nullable Load load;
        private @Nullable ImageModel model;
        private @Nullable ModelDescriptor descriptor;
        private long bytes;
        private int leases;
        private int wanted;
        private long lastUsed;

        Entry(String address) {
            this.address = address;
        }

        boolean isBusy() {
            return leases > 0 || state == State.LOADING || state == State.CLOSING;
        }
    }

    /** The right to use a model, which stays in memory until this is closed. */
    public final class Lease implements AutoCloseable {
        private final Entry entry;
        private final ImageModel model;
        private final AtomicBoolean returned = new AtomicBoolean();

        private Lease(Entry entry) {
            this.entry = entry;
            this.model = Objects.requireNonNull(entry.model);
        }

        /**
         * Returns the model, which its user must not close.
         *
         * @return the loaded model
         * @throws IllegalStateException if it was given back
         */
        public ImageModel model() {
            if (returned.get()) {
                throw new IllegalStateException("The model was given back to the cache; take another lease");
            }
            return model;
        }

        /** Gives the model back; doing so twice does nothing more. */
        @Override
        public void close() {
            if (returned.compareAndSet(false, true)) {
                release(entry);
            }
        }
    }

    /** A model that is leased for each call. */
    private final class LoadedOnDemand implements ImageModel {
        private final String address;

        LoadedOnDemand(String address) {
            this.address = address;
        }

        @Override
        public ModelDescriptor descriptor() {
            lock.lock();
            try {
                Entry entry = entries.get(address);
                if (entry != null && entry.descriptor != null) {
                    return entry.descriptor;
                }
            } finally {
                lock.unlock();
            }
            try (Lease lease = lease(address, new Cancellation())) {
                return lease.model().descriptor();
            }
        }

        @Override
        public void check(CanonicalRequest request) {
            try (Lease lease = lease(address, new Cancellation())) {
                lease.model().check(request);
            }
        }

        @Override
        public ModelOutput generate(
                CanonicalRequest request, BlobSource inputs, ProgressListener listener, Cancellation cancellation) {
            try (Lease lease = lease(address, cancellation)) {
                return lease.model().generate(request, inputs, listener, cancellation);
            }
        }

        @Override
        public void close() {
            // The memory is the cache's.
        }
    }
}
