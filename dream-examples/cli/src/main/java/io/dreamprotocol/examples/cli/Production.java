package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.JobProgress;
import io.dreamprotocol.core.Quote;
import io.dreamprotocol.core.Worker;
import io.dreamprotocol.core.WorkerListener;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.Settlement;
import io.dreamprotocol.core.money.Amount;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes images by jobs of one's own that this process does itself: both sides of the protocol, requester and worker, each with
 * its key.
 */
final class Production {
    /** How long a job waits to be finished if this process dies: a day. */
    static final Duration JOB_TIME = Duration.ofDays(1);

    /** What a new embedded ledger's requester gets, in coins. */
    private static final String FIRST_COINS = "1000";

    private static final IdempotencyKey FIRST_DEPOSIT = new IdempotencyKey("dream-cli-first-deposit");

    private static final Duration LEASE = Duration.ofSeconds(30);

    /** How often to look whether it is this process's turn. */
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(250);

    private final Workspace workspace;
    private final KeyFile requesterKey;
    private final KeyFile workerKey;
    private final DreamClient client;
    private final Context context;

    Production(Workspace workspace, Context context) {
        this.workspace = workspace;
        this.requesterKey = workspace.data().requesterKey();
        this.workerKey = workspace.data().workerKey();
        DreamClient plain = DreamClient.of(workspace.ledger(), workspace.blobs(), requesterKey);
        this.client = workspace.data().sealKey().map(plain::withSealKey).orElse(plain);
        this.context = context;
    }

    DreamClient client() {
        return client;
    }

    KeyFile requester() {
        return requesterKey;
    }

    /**
     * Submits a job for a request at this process's own price. No offer is announced for it, because this process does no jobs of
     * others, which would then wait in vain.
     *
     * @param request what to make, with a seed
     * @param model what this process can do
     * @return the open job
     */
    Job submit(GenerationRequest request, ImageModel model) {
        Quote quote = client.quote(request, model.descriptor(), Worker.DEFAULT_ASK);
        model.check(quote.request());
        provide(quote.maximumFee());
        context.interrupt().throwIfStopped();
        return client.submit(quote, request.attachments(), JOB_TIME);
    }

    /** Gives the requester of a new embedded ledger its first coins; no other ledger's coins can be made. */
    private void provide(Amount fee) {
        if (!workspace.local() || client.balance().available().compareTo(fee) >= 0) {
            return;
        }
        Ledger ledger = workspace.ledger();
        Amount first = Amount.ofCoins(FIRST_COINS, ledger.info().decimals());
        Amount before = client.balance().available();
        // The key makes a second first deposit the same as the first one: it brings nothing.
        ledger.deposit(requesterKey, first, FIRST_DEPOSIT);
        if (client.balance().available().compareTo(before) > 0) {
            context.terminal()
                    .error("First run with this data folder: " + FIRST_COINS + " "
                            + ledger.info().currency()
                            + " were put into your wallet. They are coins of the ledger on this"
                            + " machine and worth nothing elsewhere.");
        }
    }

    /**
     * Does a job in this process, and fetches, checks and pays for its image. A job that cannot be done is taken back.
     *
     * @param job the job, open
     * @param model the model that it needs
     * @param progress is told of each step
     */
    @SuppressWarnings("try") // the registration is held for its closing only
    GeneratedImage perform(Job job, ImageModel model, Consumer<Progress> progress) {
        Run run = new Run(job, progress);
        try (Cancellation.Registration interrupt = context.interrupt().onStop(run::stop)) {
            Worker worker = Worker.builder(workspace.ledger(), workspace.blobs(), workerKey)
                    .model(model)
                    .sealKey(workspace.data().sealKey(DataFolder.WORKER))
                    .listener(run)
                    .build();
            while (!perform(worker, run)) {
                context.interrupt().throwIfStopped();
                awaitTurn(run);
            }
            return client.image(job.id());
        } catch (DreamException e) {
            if (context.interrupt().isStopped()) {
                throw run.stopped(e);
            }
            takeBack(job, e);
            throw e;
        }
    }

    /** Does a job; tells whether it is done, by this process or by a worker that offered to do it for less and came first. */
    private boolean perform(Worker worker, Run run) {
        Job current = JobArgument.find(run.job.id().value(), workspace);
        if (current.state() != JobState.OPEN) {
            return current.state() != JobState.CLAIMED;
        }
        try {
            return worker.perform(current.id(), run.work).state() != JobState.OPEN;
        } catch (ConflictException e) {
            boolean others = e.code() == ErrorCode.NOT_PERMITTED || e.code() == ErrorCode.JOB_STATE_CONFLICT;
            boolean gaveBack = JobArgument.find(current.id().value(), workspace)
                    .abandonedBy()
                    .contains(workerKey.account());
            if (!others || gaveBack) {
                throw e;
            }
            return false;
        }
    }

    /** Waits a little for the turn of this process, and tells how far another worker is. */
    @SuppressWarnings("try") // the registration is held for its closing only
    private void awaitTurn(Run run) {
        Thread waiting = Thread.currentThread();
        try (Cancellation.Registration stop = run.work.onStop(waiting::interrupt)) {
            JobProgress progress = client.progress(run.job.id());
            if (progress.step() > 0) {
                run.progress.accept(new Progress(progress.step(), progress.steps()));
            }
            List<LedgerEvent> unused =
                    workspace.ledger().events(workspace.ledger().latest(), 1, LOOK_INTERVAL);
        } catch (InterruptedException e) {
            // Whoever interrupted says why.
            run.work.throwIfStopped();
        }
    }

    private void takeBack(Job job, DreamException cause) {
        try {
            JobState state = workspace.ledger().find(job.id()).map(Job::state).orElse(JobState.FAILED);
            if (state == JobState.OPEN) {
                client.cancel(job.id());
            }
        } catch (DreamException e) {
            // The escrow comes back at the deadline in any case; the first error is the one to tell.
            cause.addSuppressed(e);
        }
    }

    /** One job under way. */
    private final class Run implements WorkerListener {
        private final Cancellation work = new Cancellation();
        private final Job job;
        private final Consumer<Progress> progress;
        private volatile int stepsDone;

        Run(Job job, Consumer<Progress> progress) {
            this.job = job;
            this.progress = progress;
        }

        @Override
        public void onProgress(Job claimed, Progress step) {
            stepsDone = step.step();
            progress.accept(step);
        }

        /**
         * Takes the job back: first tells the ledger of every step done, which are paid, then cancels, then stops the networks. In
         * another order the worker would give the job back unpaid. A result that is there already stays.
         */
        void stop() {
            try {
                workspace.ledger().exchange().heartbeat(workerKey, job.id(), stepsDone, LEASE);
                client.cancel(job.id());
            } catch (DreamException e) {
                // Not claimed yet, or delivered already.
                cancelUnlessDelivered();
            }
            work.cancel();
        }

        private void cancelUnlessDelivered() {
            try {
                client.cancel(job.id());
            } catch (DreamException e) {
                return;
            }
        }

        /** Tells what an interrupted job cost. */
        DreamException stopped(DreamException cause) {
            Job ended = workspace.ledger().find(job.id()).orElse(job);
            if (ended.state() != JobState.CANCELLED) {
                return cause;
            }
            Settlement settlement = ended.settlement().orElseThrow();
            int steps = ended.assignment().map(Assignment::stepsDone).orElse(0);
            return new StoppedException(
                    ErrorCode.CANCELLED,
                    "Interrupted: job " + job.id() + " was cancelled; " + steps + " of "
                            + job.submission().work().steps() + " steps were paid ("
                            + coins(settlement.fee()) + "), " + coins(settlement.refund()) + " came back",
                    cause);
        }

        private String coins(Amount amount) {
            return Coins.text(amount, workspace.ledger());
        }
    }
}
