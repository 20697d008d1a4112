package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.Cid;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A write that a process sent, with the digest of the answer that it got, on one line of text: what the ledger must still know
 * after the process was killed.
 *
 * @param account who sent it
 * @param key its key
 * @param operation its name
 * @param arguments what else it was sent with
 * @param answer the digest of the answer; empty in a write not sent yet
 */
record Acknowledged(String account, String key, String operation, List<String> arguments, String answer) {
    private static final Delivery DELIVERY = new Delivery(cid("image"), cid("receipt"));
    private static final ModelId MODEL = new ModelId("dream-mini", Bytes.sha256(new byte[0]));

    /** An account that nobody needs to sign for. */
    record Account(AccountId account) implements Signer {
        @Override
        public Bytes sign(byte[] message) {
            throw new UnsupportedOperationException();
        }
    }

    static Acknowledged unsent(String account, String key, String operation, Object... arguments) {
        return new Acknowledged(
                account,
                key,
                operation,
                List.of(arguments).stream().map(Object::toString).toList(),
                "");
    }

    static Acknowledged parse(String line) {
        String[] parts = line.split(" ");
        return new Acknowledged(parts[0], parts[1], parts[2], List.of(parts).subList(4, parts.length), parts[3]);
    }

    String toLine() {
        return account + " " + key + " " + operation + " " + answer + (arguments.isEmpty() ? "" : " ")
                + String.join(" ", arguments);
    }

    /** Sends the write; returns it with the answer that came. */
    Acknowledged send(Ledger ledger) {
        return new Acknowledged(account, key, operation, arguments, digest(answerOf(ledger)));
    }

    private Object answerOf(Ledger ledger) {
        Signer by = new Account(new AccountId(account));
        IdempotencyKey name = new IdempotencyKey(key);
        return switch (operation) {
            case "deposit" -> ledger.deposit(by, amount(0), name);
            case "withdraw" -> ledger.withdraw(by, amount(0), name);
            case "submit" -> ledger.submit(by, submission(), name);
            case "claim" -> ledger.exchange().claim(by, job(), amount(1), Duration.ofMillis(number(2)), name);
            case "deliver" -> ledger.deliver(by, job(), DELIVERY, name);
            case "settle" -> ledger.settle(by, job(), name);
            case "cancel" -> ledger.cancel(by, job(), name);
            case "abandon" -> {
                JobFailure failure = new JobFailure(ErrorCode.ENGINE_FAILED, "No luck", number(1) == 1);
                yield ledger.exchange().abandon(by, job(), failure, name);
            }
            default -> throw new IllegalArgumentException(operation);
        };
    }

    private JobSubmission submission() {
        return new JobSubmission(
                cid("request"), MODEL, new Work(1_000_000, 4), amount(0), Instant.ofEpochMilli(number(1)));
    }

    private JobId job() {
        return new JobId(arguments.getFirst());
    }

    private Amount amount(int index) {
        return Amount.of(number(index));
    }

    private long number(int index) {
        return Long.parseLong(arguments.get(index));
    }

    private static String digest(Object answer) {
        byte[] bytes = switch (answer) {
            case Job job -> JobForm.encode(job);
            case Balance balance -> balance.toString().getBytes(StandardCharsets.UTF_8);
            default -> throw new IllegalArgumentException(answer.toString());
        };
        return Bytes.sha256(bytes).toHex();
    }

    private static Cid cid(String text) {
        return Cid.of(Cid.Codec.RAW, text.getBytes(StandardCharsets.UTF_8));
    }
}
