package io.dreamprotocol.chain.embedded;

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
import io.dreamprotocol.core.ledger.Settlement;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.Cid;
import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The stored form of a job: a DAG-CBOR map, to which later versions may add fields. What may be missing is a list of none or one;
 * amounts are decimal text, instants milliseconds since 1970.
 */
final class JobForm {
    private static final long VERSION = 1;

    private JobForm() {}

    static byte[] encode(Job job) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", VERSION);
        map.put("id", job.id().value());
        map.put("requester", job.requester().value());
        map.put("submission", encode(job.submission()));
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

    static Map<String, Object> encode(JobSubmission submission) {
        return Map.of(
                "request", submission.request().toString(),
                "model", submission.model().name(),
                "modelDigest", submission.model().digest(),
                "pixelsPerStep", submission.work().pixelsPerStep(),
                "steps", submission.work().steps(),
                "maximumFee", submission.maximumFee().toString(),
                "deadline", submission.deadline().toEpochMilli());
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
        return Map.of(
                "worker", assignment.worker().value(),
                "ask", assignment.ask().toString(),
                "leaseExpires", assignment.leaseExpires().toEpochMilli(),
                "stepsDone", assignment.stepsDone());
    }

    private static Map<String, Object> encode(Settlement settlement) {
        return Map.of(
                "payments", settlement.payments().stream().map(JobForm::encode).toList(),
                "refund", settlement.refund().toString(),
                "at", settlement.at().toEpochMilli());
    }

    private static Map<String, Object> encode(Payment payment) {
        return Map.of(
                "to", payment.to().value(),
                "amount", payment.amount().toString(),
                "purpose", payment.purpose().name());
    }

    private static <T> List<Map<String, Object>> list(Optional<T> value, Function<T, Map<String, Object>> form) {
        return value.map(form).map(List::of).orElse(List.of());
    }

    static Job decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "job");
        fields.requireVersion(VERSION);
        return fields.build(() -> new Job(
                new JobId(fields.text("id")),
                new AccountId(fields.text("requester")),
                submission(fields.map("submission")),
                JobState.valueOf(fields.text("state")),
                instant(fields, "submittedAt"),
                instant(fields, "since"),
                fields.integer("attempts"),
                Set.copyOf(
                        fields.texts("abandonedBy").stream().map(AccountId::new).toList()),
                optional(fields, "assignment", JobForm::assignment),
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
                instant(fields, "deadline"));
    }

    private static Assignment assignment(Fields fields) {
        return new Assignment(
                new AccountId(fields.text("worker")),
                amount(fields, "ask"),
                instant(fields, "leaseExpires"),
                fields.integer("stepsDone"));
    }

    private static Delivery delivery(Fields fields) {
        return new Delivery(Cid.parse(fields.text("image")), Cid.parse(fields.text("receipt")));
    }

    private static Settlement settlement(Fields fields) {
        List<Payment> payments = fields.maps("payments").stream()
                .map(payment -> new Payment(
                        new AccountId(payment.text("to")),
                        amount(payment, "amount"),
                        Payment.Purpose.valueOf(payment.text("purpose"))))
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

    private static Amount amount(Fields fields, String name) {
        return new Amount(new BigInteger(fields.text(name)));
    }

    private static Instant instant(Fields fields, String name) {
        return Instant.ofEpochMilli(fields.number(name));
    }

    private static <T> Optional<T> optional(Fields fields, String name, Function<Fields, T> reader) {
        return fields.maps(name).stream().findFirst().map(reader);
    }
}
