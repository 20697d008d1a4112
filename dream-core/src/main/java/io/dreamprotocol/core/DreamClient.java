package io.dreamprotocol.core;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.StyleUse;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.RoyaltyTerm;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.receipt.SealedImage;
import io.dreamprotocol.core.rules.LicenceRules;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.SealKey;
import io.dreamprotocol.core.storage.SealedBlob;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleModel;
import java.io.ByteArrayInputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The requester's side: submits jobs, follows them, and fetches, checks and pays for their images.
 *
 * <p>Thread-safe. Does not own the ledger and the store, and closes neither.
 */
public final class DreamClient {
    /** How long a job is of use if its requester does not say: ten minutes. */
    public static final Duration DEFAULT_JOB_TIME = Duration.ofMinutes(10);

    /** How long one wait for events lasts at most, so that a missed wake-up costs little. */
    private static final Duration POLL = Duration.ofMillis(250);

    private static final int EVENT_PAGE = 1000;

    /** The largest preview: 4 MiB. */
    private static final int MAX_PREVIEW = 4 << 20;

    private final Ledger ledger;
    private final BlobStore blobs;
    private final Signer signer;
    private final Optional<SealKey> sealKey;

    private DreamClient(Ledger ledger, BlobStore blobs, Signer signer, Optional<SealKey> sealKey) {
        this.ledger = Objects.requireNonNull(ledger, "ledger");
        this.blobs = Objects.requireNonNull(blobs, "blobs");
        this.signer = Objects.requireNonNull(signer, "signer");
        this.sealKey = sealKey;
    }

    /**
     * Creates a client.
     *
     * @param ledger where jobs go
     * @param blobs where requests and images lie
     * @param signer whose jobs and money they are
     * @return the client
     */
    public static DreamClient of(Ledger ledger, BlobStore blobs, Signer signer) {
        return new DreamClient(ledger, blobs, signer, Optional.empty());
    }

    /**
     * Returns the same client with a key that opens images sealed to it, as requests ask for with {@link
     * GenerationRequest#privatelyFor}.
     *
     * @param key the key
     * @return the client
     */
    public DreamClient withSealKey(SealKey key) {
        return new DreamClient(ledger, blobs, signer, Optional.of(key));
    }

    /**
     * Returns the requester's money.
     *
     * @return the balance
     */
    public Balance balance() {
        return ledger.balance(signer.account());
    }

    /**
     * Brings money into the ledger.
     *
     * @param amount how much
     * @return the new balance
     */
    public Balance deposit(Amount amount) {
        return ledger.deposit(signer, amount, IdempotencyKey.random());
    }

    /**
     * Submits a job at the price of the cheapest worker that can do it, with {@link #DEFAULT_JOB_TIME}.
     *
     * @param request what to make
     * @return the open job
     * @throws DreamException {@code no-worker} if nobody offers the model, an error of the request if a setting does not fit it,
     *     {@code insufficient-funds}
     */
    public Job submit(GenerationRequest request) {
        return submit(request, DEFAULT_JOB_TIME);
    }

    /**
     * Submits a job at the price of the cheapest worker that can do it.
     *
     * @param request what to make
     * @param time how long the image is of use
     * @return the open job
     * @throws DreamException as {@link #submit(GenerationRequest)} does
     */
    public Job submit(GenerationRequest request, Duration time) {
        return submit(quote(request), request.attachments(), time);
    }

    /**
     * Submits a job for a quote that the caller has already: from {@link #quote}, or made by {@link Quote#of} at a known price.
     *
     * @param quote the complete request and its price
     * @param attachments the files that the request's options name by CID
     * @param time how long the image is of use
     * @return the open job
     * @throws DreamException {@code insufficient-funds}, or as the store and the ledger do
     */
    public Job submit(Quote quote, List<Bytes> attachments, Duration time) {
        for (Bytes attachment : attachments) {
            blobs.keep(blobs.put(attachment.toArray()));
        }
        Cid stored = blobs.put(quote.request().encode());
        blobs.keep(stored);
        JobSubmission submission = new JobSubmission(
                stored,
                quote.request().model(),
                quote.request().work(),
                quote.maximumFee(),
                Instant.now().plus(time),
                quote.styles(),
                quote.royaltyCost());
        return ledger.submit(signer, submission, IdempotencyKey.random());
    }

    /**
     * Completes a request, with the style models that its prompt names from the library, and tells what it would cost now and how long
     * it may wait. A job for the quote never costs more.
     *
     * @param request what to make
     * @return the complete request and its price, at the cheapest worker that can do it
     * @throws DreamException as {@link #submit(GenerationRequest)} does, but for the money: {@code no-worker} if nobody offers the model or
     *     runs the style models, {@code style-not-found} if the prompt names one that the library does not have
     */
    public Quote quote(GenerationRequest request) {
        RegisteredStyles styles = new RegisteredStyles(ledger.styles(), withAttachments(request));
        GenerationRequest named = styles.withNamed(request);
        Optional<Bytes> checkpoint = request.model().flatMap(styles::checkpoint);
        long seed = new SecureRandom().nextLong(1L << 32);
        DreamException refusal = null;
        // Offers come cheapest first, so the first that fits is the one to take.
        for (WorkerOffer offer : ledger.exchange().offers()) {
            for (ModelDescriptor model : offer.models()) {
                if (!isWanted(model.id(), request.model(), checkpoint)) {
                    continue;
                }
                try {
                    Quote quote = price(named.complete(model, seed), model, offer.ask(), styles);
                    requireAble(offer, quote);
                    return quote.by(
                            offer.worker(),
                            Waiting.of(ledger, model.id(), quote.request().work()));
                } catch (InvalidInputException | ConflictException e) {
                    refusal = refusal == null ? e : refusal;
                }
            }
        }
        if (refusal != null) {
            throw refusal;
        }
        throw new NotFoundException(
                ErrorCode.NO_WORKER,
                request.model()
                        .map(name -> "No worker offers the model '" + name + "'; start one, or choose another model")
                        .orElse("No worker offers any model; start one"));
    }

    /**
     * Prices a request for a model at a price of the caller's own, with the royalties of the style models that it uses.
     *
     * @param request what to make; the style models that its prompt names are taken from the library
     * @param model the model that will make it
     * @param ask the price per megapixel-step
     * @return the complete request, with a seed if it has none, and its price
     * @throws DreamException as {@link #quote(GenerationRequest)} does
     */
    public Quote quote(GenerationRequest request, ModelDescriptor model, Amount ask) {
        RegisteredStyles styles = new RegisteredStyles(ledger.styles(), withAttachments(request));
        CanonicalRequest complete = styles.withNamed(request).complete(model, new SecureRandom().nextLong(1L << 32));
        return price(complete, model, ask, styles);
    }

    private static boolean isWanted(ModelId model, Optional<String> name, Optional<Bytes> checkpoint) {
        return name.isEmpty() || name.get().equals(model.name()) || checkpoint.equals(Optional.of(model.digest()));
    }

    private Quote price(CanonicalRequest request, ModelDescriptor model, Amount ask, RegisteredStyles styles) {
        List<RoyaltyTerm> royalties = styles.owed(request, model).stream()
                .map(use -> new RoyaltyTerm(
                        use,
                        ledger.styles().find(use.style()).orElseThrow().terms().price()))
                .toList();
        return Quote.of(request, ask, royalties, ledger.info());
    }

    /** Checks that a worker runs the kinds of style models that a request has, and may run each sealed one. */
    private void requireAble(WorkerOffer offer, Quote quote) {
        for (StyleUse use : quote.request().options().styles()) {
            StyleKind kind = StyleKind.of(use.kind().id());
            if (!offer.kinds().contains(kind)) {
                throw new ConflictException(
                        ErrorCode.NO_WORKER,
                        "No worker that offers the model runs a style model of the kind " + kind.id()
                                + "; leave it out, or start one that does");
            }
        }
        Instant now = Instant.now();
        for (RoyaltyTerm term : quote.royalties()) {
            StyleModel style = ledger.styles().find(term.use().style()).orElseThrow();
            if (!LicenceRules.allow(
                    style, offer.worker(), () -> ledger.styles().licence(style.id(), offer.worker()), now)) {
                throw new ConflictException(
                        ErrorCode.LICENCE_MISSING,
                        "No worker that offers the model has a licence for the sealed style model '"
                                + style.manifest().name() + "'; its owner grants or sells them");
            }
        }
    }

    /** Reads the request's own files before any are stored, and others from the store. */
    private BlobSource withAttachments(GenerationRequest request) {
        Map<Cid, Bytes> attached = new HashMap<>();
        request.attachments().forEach(file -> attached.put(UnixFsFile.cidOf(file.toArray()), file));
        return cid -> {
            Bytes file = attached.get(cid);
            return file == null ? blobs.open(cid) : new ByteArrayInputStream(file.toArray());
        };
    }

    /**
     * Tells how far a job is: its place in the queue, how long it may take, its steps and the latest preview.
     *
     * @param job the job
     * @return where it stands
     * @throws DreamException {@code job-not-found}
     */
    public JobProgress progress(JobId job) {
        Job current = find(job);
        Waiting waiting = current.state() == JobState.OPEN || current.state() == JobState.CLAIMED
                ? Waiting.of(ledger, current)
                : new Waiting(0, Optional.of(Duration.ZERO));
        int steps = current.submission().work().steps();
        return new JobProgress(
                current,
                waiting,
                current.assignment()
                        .map(assignment -> Math.min(assignment.stepsDone(), steps))
                        .orElse(0),
                steps,
                current.assignment().flatMap(Assignment::preview).flatMap(this::preview));
    }

    /** Reads a preview; one that cannot be read is none, because the image does not depend on it. */
    private Optional<PngFile> preview(Cid cid) {
        try {
            return Optional.of(PngFile.read(blobs.read(cid, MAX_PREVIEW)));
        } catch (DreamException e) {
            return Optional.empty();
        }
    }

    /**
     * Waits for a job's image, checks it against its receipt and request, and settles the job.
     *
     * @param job the job
     * @param timeout how long to wait
     * @return the image
     * @throws InterruptedException if the thread is interrupted; the job goes on
     * @throws DreamException {@code deadline-exceeded} if the time passes first; {@code job-failed}, {@code job-expired} or {@code
     *     job-cancelled} if the job ends without an image; {@code receipt-mismatch} or another error of the data if the image is not
     *     what was asked, and then the job is not settled by this client
     */
    public GeneratedImage await(JobId job, Duration timeout) throws InterruptedException {
        return await(job, timeout, ProgressListener.NONE);
    }

    /**
     * Waits for a job's image as {@link #await(JobId, Duration)} does, and tells of progress.
     *
     * @param job the job
     * @param timeout how long to wait
     * @param listener is told of the steps that the worker reports
     * @return the image
     * @throws InterruptedException if the thread is interrupted; the job goes on
     */
    public GeneratedImage await(JobId job, Duration timeout, ProgressListener listener) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        EventCursor cursor = ledger.latest();
        int reported = -1;
        while (true) {
            Job current = find(job);
            int steps = current.submission().work().steps();
            int done = current.assignment()
                    .map(assignment -> Math.min(assignment.stepsDone(), steps))
                    .orElse(-1);
            if (done > reported) {
                listener.onProgress(new Progress(done, steps));
                reported = done;
            }
            if (current.state() == JobState.SUBMITTED || current.state().isFinal()) {
                return collect(current);
            }
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (left.isNegative() || left.isZero()) {
                throw new StoppedException(
                        ErrorCode.DEADLINE_EXCEEDED, "Job " + job + " is not done yet; wait longer or cancel it");
            }
            List<LedgerEvent> events = ledger.events(cursor, EVENT_PAGE, left.compareTo(POLL) < 0 ? left : POLL);
            cursor = events.isEmpty() ? cursor : events.getLast().cursor();
        }
    }

    /**
     * Fetches and checks the image of a job that has one, and settles the job if that is still to do.
     *
     * @param job the job
     * @return the image
     * @throws DreamException {@code job-state-conflict} if there is no image yet, else as {@link #await} does
     */
    public GeneratedImage image(JobId job) {
        return collect(find(job));
    }

    /**
     * Takes a job back.
     *
     * @param job the job
     * @return the cancelled job
     * @throws DreamException as {@link Ledger#cancel} does
     */
    public Job cancel(JobId job) {
        return ledger.cancel(signer, job, IdempotencyKey.random());
    }

    private Job find(JobId job) {
        return ledger.find(job)
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.JOB_NOT_FOUND,
                        "There is no job " + job + " on this ledger; list the jobs to see their ids"));
    }

    private GeneratedImage collect(Job job) {
        Delivery delivery = switch (job.state()) {
            case SUBMITTED, SETTLED -> job.delivery().orElseThrow();
            case CANCELLED -> throw new StoppedException(ErrorCode.JOB_CANCELLED, "Job " + job.id() + " was cancelled");
            case EXPIRED ->
                throw new StoppedException(
                        ErrorCode.JOB_EXPIRED,
                        "Job " + job.id() + " was not done before its deadline; its escrow was refunded");
            case FAILED -> throw failed(job);
            case OPEN, CLAIMED ->
                throw new ConflictException(
                        ErrorCode.JOB_STATE_CONFLICT, "Job " + job.id() + " has no image yet; wait for it");
        };
        byte[] asked = blobs.read(job.submission().request(), CanonicalRequest.MAX_BYTES);
        SealedImage sealed = SealedImage.verify(image(job, delivery, CanonicalRequest.decode(asked)));
        if (!sealed.receipt().receipt().request().equals(Bytes.sha256(asked))) {
            throw new CorruptDataException(
                    ErrorCode.RECEIPT_MISMATCH, "The image of job " + job.id() + " was made for another request");
        }
        boolean mine = job.requester().equals(signer.account());
        Job settled = mine && job.state() == JobState.SUBMITTED ? settle(job) : job;
        return new GeneratedImage(settled, delivery.image(), sealed);
    }

    /** Reads the image's file, opened if it was to be sealed. */
    private byte[] image(Job job, Delivery delivery, CanonicalRequest request) {
        Optional<Bytes> recipient = request.options().recipient();
        if (recipient.isEmpty()) {
            return blobs.read(delivery.image(), PngFile.MAX_BYTES);
        }
        SealKey key = sealKey.filter(own -> recipient.equals(Optional.of(own.publicKey())))
                .orElseThrow(() -> new InvalidInputException(
                        ErrorCode.KEY_UNUSABLE,
                        "The image of job " + job.id() + " is sealed to another key; only its requester can open it"));
        byte[] blob = blobs.read(delivery.image(), SealedBlob.MAX_BYTES + SealedBlob.OVERHEAD_BYTES);
        if (!SealedBlob.isSealed(blob)) {
            throw new CorruptDataException(
                    ErrorCode.RECEIPT_MISMATCH, "The image of job " + job.id() + " was to be sealed and is not");
        }
        return SealedBlob.open(blob, key);
    }

    private Job settle(Job job) {
        try {
            return ledger.settle(signer, job.id(), IdempotencyKey.random());
        } catch (ConflictException e) {
            Job current = find(job.id());
            if (current.state() == JobState.SETTLED) {
                // The worker was faster, after the settlement window.
                return current;
            }
            throw e;
        }
    }

    private static ConflictException failed(Job job) {
        ErrorCode code = job.failure().map(JobFailure::code).orElse(ErrorCode.JOB_FAILED);
        String reason = job.failure().map(JobFailure::reason).orElse("no worker could do it");
        return new ConflictException(code, "Job " + job.id() + " failed and was refunded: " + reason);
    }
}
