package io.dreamprotocol.chain.embedded;

import static io.dreamprotocol.chain.embedded.Stored.account;
import static io.dreamprotocol.chain.embedded.Stored.amount;
import static io.dreamprotocol.chain.embedded.Stored.instant;
import static io.dreamprotocol.chain.embedded.Stored.list;
import static io.dreamprotocol.chain.embedded.Stored.optional;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.ledger.RoyaltyTerm;
import io.dreamprotocol.core.ledger.Settlement;
import io.dreamprotocol.core.ledger.StyleShare;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.StyleId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The stored form of a job. What version 1 of the file did not know is left out where there is nothing to say. */
final class JobForm {
    private static final long VERSION = 1;

    private JobForm() {}

    static byte[] encode(Job job) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", VERSION);
        map.put("id", job.id().value());
        map.put("requester", job.requester().value());
        map.put("submission", encode(job.submission()));
        map.put("royalties", job.royalties().stream().map(JobForm::encode).toList());
        map.put("state", job.state().name());
        map.put("submittedAt", job.submittedAt().toEpochMilli());
        map.put("since", job.since().toEpochMilli());
        map.put("attempts", job.attempts());
        map.put(
                "abandonedBy",
                job.abandonedBy().stream().sorted().map(AccountId::value).toList());
        map.put("assignment", list(job.assignment(), JobForm::encode));
        map.put("delivery", list(job.delivery(), JobForm::encode));
        map.put("settlement", list(job.settlement(), JobForm::encode));
        map.put("failure", list(job.failure(), JobForm::encode));
        return DagCbor.encode(map);
    }

    /**
     * Returns the form of a submission, of which the digest under its idempotency key is made; one that uses no style model has the
     * same form as before there were any, so that it can be sent again after an update.
     */
    static Map<String, Object> encode(JobSubmission submission) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("request", submission.request().toString());
        map.put("model", submission.model().name());
        map.put("modelDigest", submission.model().digest());
        map.put("pixelsPerStep", submission.work().pixelsPerStep());
        map.put("steps", submission.work().steps());
        map.put("maximumFee", submission.maximumFee().toString());
        map.put("deadline", submission.deadline().toEpochMilli());
        if (!submission.styles().isEmpty()) {
            map.put("styles", submission.styles().stream().map(JobForm::encode).toList());
        }
        if (!submission.maximumRoyalties().isZero()) {
            map.put("maximumRoyalties", submission.maximumRoyalties().toString());
        }
        return map;
    }

    private static Map<String, Object> encode(StyleShare use) {
        return Map.of("style", use.style().number(), "parts", use.parts());
    }

    private static Map<String, Object> encode(RoyaltyTerm term) {
        return Map.of(
                "style", term.use().style().number(),
                "parts", term.use().parts(),
                "price", term.price().toString());
    }

    static Map<String, Object> encode(Delivery delivery) {
        return Map.of(
                "image", delivery.image().toString(),
                "receipt", delivery.receipt().toString());
    }

    static Map<String, Object> encode(JobFailure failure) {
        return Map.of(
                "code", failure.code().id(),
                "reason", failure.reason(),
                "permanent", failure.permanent() ? 1 : 0);
    }

    private static Map<String, Object> encode(Assignment assignment) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("worker", assignment.worker().value());
        map.put("ask", assignment.ask().toString());
        map.put("claimedAt", assignment.claimedAt().toEpochMilli());
        map.put("leaseExpires", assignment.leaseExpires().toEpochMilli());
        map.put("stepsDone", assignment.stepsDone());
        assignment.preview().ifPresent(preview -> map.put("preview", preview));
        return map;
    }

    private static Map<String, Object> encode(Settlement settlement) {
        return Map.of(
                "payments", settlement.payments().stream().map(JobForm::encode).toList(),
                "refund", settlement.refund().toString(),
                "at", settlement.at().toEpochMilli());
    }

    private static Map<String, Object> encode(Payment payment) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("to", payment.to().value());
        map.put("amount", payment.amount().toString());
        map.put("purpose", payment.purpose().name());
        payment.style().ifPresent(style -> map.put("style", style.number()));
        return map;
    }

    static Job decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "job");
        fields.requireVersion(VERSION);
        return fields.build(() -> new Job(
                new JobId(fields.text("id")),
                account(fields, "requester"),
                submission(fields.map("submission")),
                fields.optionalMaps("royalties").stream().map(JobForm::royalty).toList(),
                JobState.valueOf(fields.text("state")),
                instant(fields, "submittedAt"),
                instant(fields, "since"),
                fields.integer("attempts"),
                Set.copyOf(
                        fields.texts("abandonedBy").stream().map(AccountId::new).toList()),
                optional(fields, "assignment", assignment -> assignment(assignment, instant(fields, "since"))),
                optional(fields, "delivery", JobForm::delivery),
                optional(fields, "settlement", JobForm::settlement),
                optional(fields, "failure", JobForm::failure)));
    }

    private static JobSubmission submission(Fields fields) {
        return new JobSubmission(
                Cid.parse(fields.text("request")),
                new ModelId(fields.text("model"), fields.bytes("modelDigest")),
                new Work(fields.number("pixelsPerStep"), fields.integer("steps")),
                amount(fields, "maximumFee"),
                instant(fields, "deadline"),
                fields.optionalMaps("styles").stream().map(JobForm::use).toList(),
                fields.has("maximumRoyalties") ? amount(fields, "maximumRoyalties") : Amount.ZERO);
    }

    private static StyleShare use(Fields fields) {
        return new StyleShare(new StyleId(fields.number("style")), fields.integer("parts"));
    }

    private static RoyaltyTerm royalty(Fields fields) {
        return new RoyaltyTerm(use(fields), amount(fields, "price"));
    }

    private static Assignment assignment(Fields fields, Instant since) {
        return new Assignment(
                account(fields, "worker"),
                amount(fields, "ask"),
                // Version 1 of the file did not note it; a claimed job came into its state then.
                fields.has("claimedAt") ? instant(fields, "claimedAt") : since,
                instant(fields, "leaseExpires"),
                fields.integer("stepsDone"),
                fields.optionalCid("preview"));
    }

    private static Delivery delivery(Fields fields) {
        return new Delivery(Cid.parse(fields.text("image")), Cid.parse(fields.text("receipt")));
    }

    private static Settlement settlement(Fields fields) {
        List<Payment> payments = fields.maps("payments").stream()
                .map(payment -> new Payment(
                        account(payment, "to"),
                        amount(payment, "amount"),
                        Payment.Purpose.valueOf(payment.text("purpose")),
                        payment.has("style") ? Optional.of(new StyleId(payment.number("style"))) : Optional.empty()))
                .toList();
        return new Settlement(payments, amount(fields, "refund"), instant(fields, "at"));
    }

    private static JobFailure failure(Fields fields) {
        return new JobFailure(errorCode(fields.text("code")), fields.text("reason"), fields.integer("permanent") == 1);
    }

    /** A code that a newer program wrote and this one does not know becomes the general one; the reason says the rest. */
    private static ErrorCode errorCode(String id) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.id().equals(id)) {
                return code;
            }
        }
        return ErrorCode.JOB_FAILED;
    }
}
