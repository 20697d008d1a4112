package io.dreamprotocol.core.error;

/**
 * The stable code of an error: a name for programs and logs, and a number that command lines use as exit status.
 *
 * <p>Codes are append-only: neither names nor numbers change meaning between versions. Numbers lie between 10 and 119, so
 * that they stay clear of a shell's own (1, 2 and 126 and up).
 */
public enum ErrorCode {
    /** The prompt is empty, too long, or has characters that cannot be encoded. */
    INVALID_PROMPT(10, "invalid-prompt", false),
    /** Width or height is out of range or not a multiple of the model's factor. */
    INVALID_SIZE(11, "invalid-size", false),
    /** The number of steps is out of range. */
    INVALID_STEPS(12, "invalid-steps", false),
    /** The guidance scale is not finite or out of range. */
    INVALID_GUIDANCE(13, "invalid-guidance", false),
    /** No scheduler has this name. */
    UNKNOWN_SCHEDULER(14, "unknown-scheduler", false),
    /** No model has this name, or the folder holds none. */
    UNKNOWN_MODEL(15, "unknown-model", false),
    /** Another part of a request is wrong. */
    INVALID_REQUEST(16, "invalid-request", false),
    /** The work needs more memory than there is. */
    NOT_ENOUGH_MEMORY(17, "not-enough-memory", false),
    /** What was asked is valid, but this model or backend cannot do it. */
    UNSUPPORTED(18, "unsupported", false),

    /** A file that the model needs is missing. */
    MODEL_FILE_MISSING(20, "model-file-missing", false),
    /** A file of the model is truncated, malformed, or has another hash than stated. */
    MODEL_FILE_CORRUPT(21, "model-file-corrupt", false),
    /** A network of the model has other inputs, outputs or shapes than its config files say. */
    MODEL_SHAPE_MISMATCH(22, "model-shape-mismatch", false),
    /** The execution provider asked for is not available on this machine. */
    PROVIDER_UNAVAILABLE(23, "provider-unavailable", false),
    /** The engine that runs the networks failed. */
    ENGINE_FAILED(24, "engine-failed", true),
    /** The safety checker found the image unsafe, and the policy is to withhold it. */
    IMAGE_BLOCKED(25, "image-blocked", false),

    /** A data folder cannot be written. */
    STORE_READ_ONLY(30, "store-read-only", false),
    /** A data folder's disk or quota is full. */
    STORE_FULL(31, "store-full", true),
    /** Another process holds a data folder's lock for too long. */
    STORE_LOCKED(32, "store-locked", true),
    /** A data folder's own files are damaged or of an unknown version. */
    STORE_CORRUPT(33, "store-corrupt", false),
    /** Reading or writing a data folder failed otherwise. */
    STORE_FAILED(34, "store-failed", true),

    /** No blob has this CID here. */
    BLOB_NOT_FOUND(40, "blob-not-found", false),
    /** A stored block does not match its CID. */
    BLOB_CORRUPT(41, "blob-corrupt", false),
    /** The text or bytes are no CID, or one of an unsupported kind. */
    INVALID_CID(42, "invalid-cid", false),
    /** A blob is larger than the limit. */
    BLOB_TOO_LARGE(43, "blob-too-large", false),

    /** No worker offers what a job needs. */
    NO_WORKER(49, "no-worker", true),
    /** No job has this id. */
    JOB_NOT_FOUND(50, "job-not-found", false),
    /** The job's state does not allow this operation. */
    JOB_STATE_CONFLICT(51, "job-state-conflict", false),
    /** The worker no longer holds the job's lease. */
    LEASE_LOST(52, "lease-lost", false),
    /** The account's available balance is too small. */
    INSUFFICIENT_FUNDS(53, "insufficient-funds", false),
    /** An amount is negative, zero where that makes no sense, or too large. */
    INVALID_AMOUNT(54, "invalid-amount", false),
    /** An idempotency key was used before for another operation. */
    IDEMPOTENCY_CONFLICT(55, "idempotency-conflict", false),
    /** The job failed; the message has the worker's reason. */
    JOB_FAILED(56, "job-failed", false),
    /** The job's deadline passed before it was done. */
    JOB_EXPIRED(57, "job-expired", false),
    /** The job was cancelled. */
    JOB_CANCELLED(58, "job-cancelled", false),
    /** The account may not do this. */
    NOT_PERMITTED(59, "not-permitted", false),

    /** The file is not a PNG image, or a truncated or damaged one. */
    PNG_MALFORMED(60, "png-malformed", false),
    /** The image carries no receipt. */
    RECEIPT_MISSING(61, "receipt-missing", false),
    /** The receipt does not fit what it speaks of: the image, its text or the request was changed. */
    RECEIPT_MISMATCH(62, "receipt-mismatch", false),
    /** A signature is wrong, or bytes that should be in canonical form are not. */
    SIGNATURE_INVALID(63, "signature-invalid", false),
    /** The file is no image, or a truncated or damaged one, or one that claims more than is allowed. */
    IMAGE_MALFORMED(64, "image-malformed", false),
    /** The image does not say how it was made. */
    PARAMETERS_MISSING(65, "parameters-missing", false),

    /** The work was cancelled by its caller. */
    CANCELLED(70, "cancelled", false),
    /** The work was not done within its deadline. */
    DEADLINE_EXCEEDED(71, "deadline-exceeded", true),

    /** No backend on the class path serves this address. */
    UNKNOWN_BACKEND(80, "unknown-backend", false),
    /** A configuration value is wrong. */
    INVALID_CONFIGURATION(81, "invalid-configuration", false),
    /** A key file is missing, damaged, or readable by others; or a key is none, or not the one that opens a sealed blob. */
    KEY_UNUSABLE(82, "key-unusable", false),
    /** Bytes from outside are not in the encoding they should be in. */
    MALFORMED_DATA(83, "malformed-data", false),

    /** A remote service cannot be reached, keeps breaking off, is overloaded, or failed. */
    REMOTE_UNAVAILABLE(90, "remote-unavailable", true),
    /** A remote service refuses access: credentials are missing, wrong or not enough, or its terms were not accepted. */
    REMOTE_REFUSED(91, "remote-refused", false),
    /** A remote service sent something else than it promised or than is safe to take, such as another hash. */
    REMOTE_MISMATCH(92, "remote-mismatch", false),

    /** No style model has this number or name. */
    STYLE_NOT_FOUND(100, "style-not-found", false),
    /** A style model of this name, or of the same file, is registered already. */
    STYLE_EXISTS(101, "style-exists", false),
    /** A style model's manifest is wrong. */
    INVALID_MANIFEST(102, "invalid-manifest", false),
    /** Shares do not add up, or there are too many. */
    INVALID_SHARES(103, "invalid-shares", false),
    /** A list of contributions is wrong. */
    INVALID_CONTRIBUTIONS(104, "invalid-contributions", false),
    /** A Merkle proof does not lead from what it should prove to the root. */
    PROOF_INVALID(105, "proof-invalid", false),
    /** Everything that was due has been claimed. */
    NOTHING_TO_CLAIM(106, "nothing-to-claim", false),
    /** A sealed style model needs a licence that is not there, has ended, or was revoked. */
    LICENCE_MISSING(107, "licence-missing", false),
    /** A licence's state does not allow this operation. */
    LICENCE_STATE_CONFLICT(108, "licence-state-conflict", false),
    /** A price is higher than the caller allows. */
    PRICE_TOO_HIGH(109, "price-too-high", false),
    /** No payment channel or epoch has this id. */
    CHANNEL_NOT_FOUND(110, "channel-not-found", false),
    /** A payment channel's or epoch's state does not allow this operation. */
    CHANNEL_STATE_CONFLICT(111, "channel-state-conflict", false),
    /** A voucher is forged, for another ledger or channel, or older than one that was paid. */
    VOUCHER_INVALID(112, "voucher-invalid", false),
    /** No co-creation round has this id. */
    ROUND_NOT_FOUND(113, "round-not-found", false),
    /** A co-creation round's state does not allow this operation. */
    ROUND_STATE_CONFLICT(114, "round-state-conflict", false),
    /** A worker is not registered, or its stake is too small. */
    STAKE_TOO_LOW(115, "stake-too-low", false);

    private final int number;
    private final String id;
    private final boolean retryable;

    ErrorCode(int number, String id, boolean retryable) {
        this.number = number;
        this.id = id;
        this.retryable = retryable;
    }

    /**
     * Returns the stable number, between 10 and 119.
     *
     * @return the number
     */
    public int number() {
        return number;
    }

    /**
     * Returns the stable name, in lower case with dashes.
     *
     * @return the name
     */
    public String id() {
        return id;
    }

    /**
     * Tells whether the same call may succeed later without a change.
     *
     * @return true if a retry can help
     */
    public boolean isRetryable() {
        return retryable;
    }
}
