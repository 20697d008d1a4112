package io.dreamprotocol.core;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.ledger.WorkerProfile;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.rules.JobRules;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.SealKey;
import io.dreamprotocol.core.style.StyleKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The GPU owner's side: announces what its models can do, claims jobs, runs them, stores the images, hands in signed results,
 * and is paid.
 *
 * <p>{@link #start} works on its own thread until {@link #close}; {@link #perform} does one job on the caller's. A worker whose
 * process dies loses its leases, and the jobs are open again. Thread-safe. Does not own the ledger, the store and the models,
 * and closes none of them.
 */
public final class Worker implements AutoCloseable {
    /** A worker's price per megapixel-step if it does not say: one coin of six decimals. */
    public static final Amount DEFAULT_ASK = Amount.of(1_000_000);

    /** How long a worker's store keeps results after they were paid, if it does not say: a day. */
    public static final Duration DEFAULT_RESULT_TIME = Duration.ofDays(1);

    private static final Duration OFFER_TIME = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
    private static final int PAGE = 100;

    /** What every image model runs on top of itself; one that cannot says so when it checks the request. */
    private static final Set<StyleKind> KINDS = Set.of(StyleKind.LORA, StyleKind.TEXTUAL_INVERSION);

    private final Ledger ledger;
    private final Signer signer;
    private final List<ImageModel> models;
    private final Amount ask;
    private final Amount stake;
    private final WorkerListener listener;
    private final JobRunner runner;
    private final PaidResults paid;
    private final Cancellation stopping = new Cancellation();
    private volatile Instant announceAgain = Instant.MIN;
    private @Nullable Thread thread;

    private Worker(Builder builder) {
        this.ledger = builder.ledger;
        this.signer = builder.signer;
        this.models = List.copyOf(builder.models);
        this.ask = builder.ask;
        this.stake = builder.stake;
        this.listener = builder.listener;
        this.runner = new JobRunner(
                builder.ledger, builder.blobs, builder.signer, builder.listener, builder.previews, builder.sealKey);
        this.paid = new PaidResults(builder.ledger, builder.blobs, builder.signer.account(), builder.resultTime);
    }

    /**
     * Starts the description of a worker.
     *
     * @param ledger where its jobs come from
     * @param blobs where requests and images lie
     * @param signer who works and is paid
     * @return the builder
     */
    public static Builder builder(Ledger ledger, BlobStore blobs, Signer signer) {
        return new Builder(ledger, blobs, signer);
    }

    /**
     * Starts a worker with one model at the default price.
     *
     * @param ledger where its jobs come from
     * @param blobs where requests and images lie
     * @param signer who works and is paid
     * @param model what it can run
     * @return the running worker
     */
    public static Worker start(Ledger ledger, BlobStore blobs, Signer signer, ImageModel model) {
        Worker worker = builder(ledger, blobs, signer).model(model).build();
        worker.start();
        return worker;
    }

    /**
     * Returns the account that works and is paid.
     *
     * @return the account
     */
    public AccountId account() {
        return signer.account();
    }

    /** Announces the worker's models and price, so that requesters can find them. {@link #start} does so by itself. */
    public void announce() {
        List<ModelDescriptor> descriptors =
                models.stream().map(ImageModel::descriptor).toList();
        Instant now = Instant.now();
        ledger.exchange()
                .announce(signer, new WorkerOffer(signer.account(), ask, descriptors, KINDS, now.plus(OFFER_TIME)));
        announceAgain = now.plus(OFFER_TIME.dividedBy(2));
    }

    /** Registers with what is missing of the stake, on a ledger that asks for one, or if the worker offers more. */
    private void register() {
        Amount wanted = stake.compareTo(ledger.info().minimumStake()) < 0
                ? ledger.info().minimumStake()
                : stake;
        WorkerRecord record = ledger.exchange().worker(signer.account());
        if (wanted.compareTo(record.stake()) > 0) {
            WorkerRecord unused = ledger.exchange()
                    .register(
                            signer,
                            new WorkerProfile(KINDS, Runtime.getRuntime().maxMemory(), Optional.empty()),
                            wanted.minus(record.stake()),
                            IdempotencyKey.random());
        }
    }

    /**
     * Announces the worker and begins to take jobs on a thread of its own.
     *
     * @throws DreamException if the ledger refuses the announcement
     */
    public synchronized void start() {
        if (thread != null || stopping.isStopped()) {
            throw new IllegalStateException("A worker starts once");
        }
        register();
        announce();
        thread = Thread.ofPlatform().daemon().name("dream-worker").start(this::work);
    }

    /**
     * Claims one job and does it on the calling thread.
     *
     * @param id the job
     * @param cancellation gives the job back when stopped
     * @return the job with its result handed in
     * @throws DreamException the reason if it could not be done; the job was given back then
     */
    public Job perform(JobId id, Cancellation cancellation) {
        Job open = ledger.find(id)
                .orElseThrow(() -> new NotFoundException(ErrorCode.JOB_NOT_FOUND, "There is no job " + id));
        ImageModel model = modelFor(open);
        if (model == null) {
            throw new NotFoundException(
                    ErrorCode.UNKNOWN_MODEL,
                    "Job " + id + " needs the model " + open.submission().model()
                            + ", which this worker does not have");
        }
        Job claimed = ledger.exchange().claim(signer, id, ask, JobRunner.LEASE, IdempotencyKey.random());
        listener.onClaimed(claimed);
        return runner.run(claimed, model, cancellation);
    }

    private void work() {
        while (!stopping.isStopped()) {
            try {
                EventCursor seen = ledger.latest();
                if (!performNext(stopping)) {
                    ledger.events(seen, 1, POLL);
                }
            } catch (InterruptedException e) {
                return;
            } catch (DreamException e) {
                if (stopping.isStopped()) {
                    return;
                }
                listener.onTrouble(e);
                try {
                    Thread.sleep(RETRY_PAUSE);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }

    /**
     * Does the oldest open job that fits on the calling thread, instead of {@link #start}. Announces the worker first, as often as it
     * is needed, settles what requesters left unsettled, and releases results that were paid long ago.
     *
     * @param cancellation gives the job back when stopped
     * @return whether there was anything to do
     * @throws DreamException if the ledger cannot be reached; what goes wrong with a job is told to the listener
     */
    public boolean performNext(Cancellation cancellation) {
        if (announceAgain.equals(Instant.MIN)) {
            register();
        }
        if (Instant.now().isAfter(announceAgain)) {
            announce();
        }
        boolean settled = settleOwn();
        paid.release();
        return performOldest(cancellation) || settled;
    }

    /** Does the oldest open job that fits; tells whether there was one. */
    private boolean performOldest(Cancellation cancellation) {
        JobQuery query = JobQuery.oldest(JobState.OPEN, PAGE);
        while (true) {
            List<Job> page = ledger.jobs(query);
            for (Job job : page) {
                ImageModel model = modelFor(job);
                if (model != null && pays(job) && perform(job, model, cancellation)) {
                    return true;
                }
            }
            if (page.size() < PAGE) {
                return false;
            }
            query = query.after(page.getLast().id());
        }
    }

    private boolean pays(Job job) {
        Work work = job.submission().work();
        return JobRules.cost(work, work.steps(), ask, job.royalties(), ledger.info())
                        .compareTo(job.submission().maximumFee().units())
                <= 0;
    }

    /** Claims a job and does it; tells whether the claim went through. */
    private boolean perform(Job job, ImageModel model, Cancellation cancellation) {
        Job claimed;
        try {
            claimed = ledger.exchange().claim(signer, job.id(), ask, JobRunner.LEASE, IdempotencyKey.random());
        } catch (DreamException e) {
            if (e.code() == ErrorCode.JOB_STATE_CONFLICT
                    || e.code() == ErrorCode.NOT_PERMITTED
                    || e.code() == ErrorCode.LICENCE_MISSING) {
                // Another worker was faster or has the first claim, this one gave the job back before, or lacks a
                // licence.
                return false;
            }
            throw e;
        }
        listener.onClaimed(claimed);
        try {
            runner.run(claimed, model, cancellation);
        } catch (DreamException e) {
            listener.onFailed(claimed, e);
        }
        return true;
    }

    /** Settles what requesters left unsettled, once the window allows it; tells whether there was anything. */
    private boolean settleOwn() {
        boolean any = false;
        for (Job job : ledger.jobs(JobQuery.oldest(JobState.SUBMITTED, PAGE))) {
            boolean own = job.assignment().isPresent()
                    && job.assignment().get().worker().equals(signer.account());
            if (!own) {
                continue;
            }
            try {
                ledger.settle(signer, job.id(), IdempotencyKey.random());
                any = true;
            } catch (DreamException e) {
                if (e.code() != ErrorCode.NOT_PERMITTED && e.code() != ErrorCode.JOB_STATE_CONFLICT) {
                    throw e;
                }
            }
        }
        return any;
    }

    private @Nullable ImageModel modelFor(Job job) {
        for (ImageModel model : models) {
            if (model.descriptor().id().equals(job.submission().model())) {
                return model;
            }
        }
        return null;
    }

    /** Stops taking jobs, gives a running one back, takes the offer back, and waits for the thread to end. */
    @Override
    public void close() {
        stopping.cancel();
        Thread running;
        synchronized (this) {
            running = thread;
            thread = null;
        }
        if (running == null) {
            if (!announceAgain.equals(Instant.MIN)) {
                ledger.exchange().retire(signer);
            }
            return;
        }
        running.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                running.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        ledger.exchange().retire(signer);
    }

    /** Describes a worker, part by part. */
    public static final class Builder {
        private final Ledger ledger;
        private final BlobStore blobs;
        private final Signer signer;
        private final List<ImageModel> models = new ArrayList<>();
        private Amount ask = DEFAULT_ASK;
        private Amount stake = Amount.ZERO;
        private WorkerListener listener = WorkerListener.NONE;
        private boolean previews;
        private Optional<SealKey> sealKey = Optional.empty();
        private Duration resultTime = DEFAULT_RESULT_TIME;

        private Builder(Ledger ledger, BlobStore blobs, Signer signer) {
            this.ledger = Objects.requireNonNull(ledger, "ledger");
            this.blobs = Objects.requireNonNull(blobs, "blobs");
            this.signer = Objects.requireNonNull(signer, "signer");
        }

        /**
         * Adds a model that the worker can run.
         *
         * @param model the model
         * @return this builder
         */
        public Builder model(ImageModel model) {
            models.add(Objects.requireNonNull(model, "model"));
            return this;
        }

        /**
         * Adds models that the worker loads when a job needs them. Each is opened once before the worker announces it, to know what
         * it can do.
         *
         * @param cache keeps them in memory as far as there is room; stays the caller's to close, after the worker
         * @param addresses the models' addresses
         * @return this builder
         */
        public Builder models(ModelCache cache, List<String> addresses) {
            addresses.forEach(address -> model(cache.model(address)));
            return this;
        }

        /**
         * Sets the price.
         *
         * @param pricePerMegapixelStep the price of 10^6 pixels of one step
         * @return this builder
         */
        public Builder ask(Amount pricePerMegapixelStep) {
            ask = Objects.requireNonNull(pricePerMegapixelStep, "pricePerMegapixelStep");
            return this;
        }

        /**
         * Sets how much the worker puts at stake when it starts. It puts in what a ledger asks for in any case.
         *
         * @param least what shall lie at stake, together with what lies there already
         * @return this builder
         */
        public Builder stake(Amount least) {
            stake = Objects.requireNonNull(least, "least");
            return this;
        }

        /**
         * Sets whether requesters see unfinished images while the worker is at them. Costs a small blob for each report of progress.
         *
         * @param shown true to show rough pictures; private images never are
         * @return this builder
         */
        public Builder previews(boolean shown) {
            previews = shown;
            return this;
        }

        /**
         * Gives the worker the key to which licences for sealed style models are wrapped.
         *
         * @param key the key whose public part the worker's licences name
         * @return this builder
         */
        public Builder sealKey(SealKey key) {
            sealKey = Optional.of(key);
            return this;
        }

        /**
         * Sets who is told what the worker does.
         *
         * @param workerListener the listener
         * @return this builder
         */
        public Builder listener(WorkerListener workerListener) {
            listener = Objects.requireNonNull(workerListener, "workerListener");
            return this;
        }

        /**
         * Sets how long the store keeps results after they were paid, for as long as the worker runs. What was kept for so long is
         * left to the store's garbage collection.
         *
         * @param time the time, not negative; {@link #DEFAULT_RESULT_TIME} if it is not set
         * @return this builder
         */
        public Builder keepResults(Duration time) {
            if (time.isNegative()) {
                throw new IllegalArgumentException("Results are kept for no negative time: " + time);
            }
            resultTime = time;
            return this;
        }

        /**
         * Creates the worker, which does nothing yet.
         *
         * @return the worker
         */
        public Worker build() {
            if (models.isEmpty()) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_CONFIGURATION, "A worker needs a model at least; add one");
            }
            return new Worker(this);
        }
    }
}
