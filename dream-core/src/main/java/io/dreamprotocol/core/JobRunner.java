package io.dreamprotocol.core;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.Infotext;
import io.dreamprotocol.core.image.LatentPreview;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.PerceptualHash;
import io.dreamprotocol.core.image.PngChunk;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.StyleShare;
import io.dreamprotocol.core.receipt.Receipt;
import io.dreamprotocol.core.receipt.SealedImage;
import io.dreamprotocol.core.receipt.SignedReceipt;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.SealKey;
import io.dreamprotocol.core.storage.SealedBlob;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.trajectory.LatentLeaf;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Does one claimed job: reads the request, runs the model under a lease, seals and stores the image, hands it in. */
final class JobRunner {
    /** How long a worker holds a job without a heartbeat: thirty seconds. */
    static final Duration LEASE = Duration.ofSeconds(30);

    private final Ledger ledger;
    private final BlobStore blobs;
    private final Signer signer;
    private final WorkerListener listener;
    private final boolean previews;
    private final Optional<SealKey> sealKey;

    JobRunner(
            Ledger ledger,
            BlobStore blobs,
            Signer signer,
            WorkerListener listener,
            boolean previews,
            Optional<SealKey> sealKey) {
        this.ledger = ledger;
        this.blobs = blobs;
        this.signer = signer;
        this.listener = listener;
        this.previews = previews;
        this.sealKey = sealKey;
    }

    /** Does the job and returns it with its result handed in; if that cannot be, gives it back and throws the reason. */
    @SuppressWarnings("try") // the registrations are held for their closing only
    Job run(Job job, ImageModel model, Cancellation stopped) {
        Cancellation cancellation = new Cancellation();
        Duration left = Duration.between(Instant.now(), job.submission().deadline());
        PreviewStore shown = new PreviewStore(blobs);
        Lease lease = Lease.hold(ledger.exchange(), signer, job, LEASE, cancellation, shown::put);
        try (Cancellation.Registration whenStopped = stopped.onStop(cancellation::cancel);
                Cancellation.Registration deadline = cancellation.stopAfter(left)) {
            Delivery delivery = make(job, model, lease, cancellation);
            lease.end();
            Job delivered = ledger.deliver(signer, job.id(), delivery, IdempotencyKey.random());
            listener.onDelivered(delivered);
            return delivered;
        } catch (DreamException e) {
            lease.end();
            DreamException cause = lease.loss().orElse(e);
            giveBack(job, cause);
            throw cause;
        } finally {
            lease.end();
            shown.end();
        }
    }

    private Delivery make(Job job, ImageModel model, Lease lease, Cancellation cancellation) {
        CanonicalRequest request = readRequest(job, model);
        ModelOutput output = generate(job, request, model, lease, cancellation);
        SealedImage sealed = seal(request, model, output);
        cancellation.throwIfStopped();
        return new Delivery(
                store(sealed.file().toBytes(), request), store(sealed.receipt().encode(), request));
    }

    /** Stores a result, sealed if its requester wants that, and keeps it: the requester comes for it later. */
    private Cid store(byte[] content, CanonicalRequest request) {
        Cid cid = blobs.put(request.options()
                .recipient()
                .map(recipient -> SealedBlob.seal(content, recipient))
                .orElse(content));
        blobs.keep(cid);
        return cid;
    }

    /** Runs the model. A fault of the model's own must cost the job its worker, not the worker its thread. */
    private ModelOutput generate(
            Job job, CanonicalRequest request, ImageModel model, Lease lease, Cancellation cancellation) {
        try {
            return model.generate(
                    request,
                    SealedStyles.of(job, ledger.styles(), blobs, signer.account(), sealKey, Instant.now()),
                    new ProgressListener() {
                        @Override
                        public void onProgress(Progress progress) {
                            lease.report(progress.step(), preview(request, progress));
                            listener.onProgress(job, progress);
                        }

                        @Override
                        public void onLatents(LatentLeaf leaf) {
                            listener.onLatents(job, leaf);
                        }
                    },
                    cancellation);
        } catch (DreamException e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError e) {
            throw new UnavailableException(ErrorCode.ENGINE_FAILED, "The model failed by a fault of its own: " + e, e);
        }
    }

    /** Returns the rough picture of a step, unless nobody but the requester may see the image. */
    private Optional<RgbImage> preview(CanonicalRequest request, Progress progress) {
        return previews && request.options().recipient().isEmpty()
                ? progress.preview().map(LatentPreview::linear)
                : Optional.empty();
    }

    private CanonicalRequest readRequest(Job job, ImageModel model) {
        CanonicalRequest request =
                CanonicalRequest.decode(blobs.read(job.submission().request(), CanonicalRequest.MAX_BYTES));
        if (!request.model().equals(job.submission().model())
                || !request.work().equals(job.submission().work())) {
            throw new CorruptDataException(
                    ErrorCode.INVALID_REQUEST,
                    "The request of job " + job.id() + " is for another model or more work than paid for");
        }
        model.check(request);
        request.options().recipient().ifPresent(SealedBlob::requireUsable);
        requirePaid(job, request, model);
        return request;
    }

    /** Checks that the job owes a royalty for every registered style model that the request uses. */
    private void requirePaid(Job job, CanonicalRequest request, ImageModel model) {
        for (StyleShare owed : new RegisteredStyles(ledger.styles(), blobs).owed(request, model.descriptor())) {
            boolean paid = job.royalties().stream()
                    .anyMatch(term -> term.use().style().equals(owed.style())
                            && term.use().parts() >= owed.parts());
            if (!paid) {
                throw new CorruptDataException(
                        ErrorCode.INVALID_REQUEST,
                        "The request of job " + job.id() + " uses style model " + owed.style()
                                + ", for which the job pays no royalty or too little; name it in the submission");
            }
        }
    }

    private SealedImage seal(CanonicalRequest request, ImageModel model, ModelOutput output) {
        PngFile plain = PngPixels.encode(
                output.image(),
                List.of(PngChunk.ofText(
                        Infotext.KEYWORD,
                        Infotext.of(request, output.parameters()).toString())));
        Receipt receipt = new Receipt(
                request.digest(),
                request.model(),
                files(model, output),
                request.seed(),
                request.options().noise().source().id(),
                request.scheduler(),
                output.engine(),
                output.substitutions(),
                output.latents(),
                UnixFsFile.cidOf(plain.toBytes()),
                PerceptualHash.of(output.image()),
                signer.account());
        return SealedImage.seal(plain, request, SignedReceipt.sign(receipt, signer));
    }

    /** Every file that determined the image: the model's, and those of the styles on top of it. */
    private static List<ModelFile> files(ImageModel model, ModelOutput output) {
        return Stream.concat(model.descriptor().files().stream(), output.styles().stream())
                .toList();
    }

    /** Gives the job back unless it was lost already; a ledger that cannot be reached lets the lease run out instead. */
    private void giveBack(Job job, DreamException cause) {
        if (cause.code() == ErrorCode.LEASE_LOST || cause.code() == ErrorCode.JOB_CANCELLED) {
            return;
        }
        boolean permanent = cause instanceof InvalidInputException
                || cause instanceof UnsupportedException
                || cause.code() == ErrorCode.INVALID_REQUEST
                || cause.code() == ErrorCode.MALFORMED_DATA
                || cause.code() == ErrorCode.IMAGE_MALFORMED
                || cause.code() == ErrorCode.PNG_MALFORMED
                || cause.code() == ErrorCode.BLOB_TOO_LARGE;
        try {
            ledger.exchange()
                    .abandon(
                            signer,
                            job.id(),
                            new JobFailure(cause.code(), cause.getMessage(), permanent),
                            IdempotencyKey.random());
        } catch (DreamException e) {
            cause.addSuppressed(e);
        }
    }
}
