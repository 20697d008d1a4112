package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/**
 * A process that does random things with a ledger until it is killed, and notes each write that the ledger acknowledged.
 *
 * <p>Arguments: the data folder, the file for its notes, its account, and the seed of its randomness.
 */
final class RestlessProcess {
    private static final Duration LEASE = Duration.ofSeconds(1);

    private final Ledger ledger;
    private final FileChannel notes;
    private final String account;
    private final Random random;
    private final long seed;
    private int number;

    private RestlessProcess(Ledger ledger, FileChannel notes, String account, long seed) {
        this.ledger = ledger;
        this.notes = notes;
        this.account = account;
        this.random = new Random(seed);
        this.seed = seed;
    }

    public static void main(String[] arguments) throws IOException {
        try (FileChannel notes =
                        FileChannel.open(Path.of(arguments[1]), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                Ledger ledger = EmbeddedLedger.open(Path.of(arguments[0]))) {
            new RestlessProcess(ledger, notes, arguments[2], Long.parseLong(arguments[3])).run();
        }
    }

    private void run() throws IOException {
        send("deposit", 10_000);
        while (true) {
            try {
                act();
            } catch (DreamException e) {
                if (e.code().number() < ErrorCode.JOB_NOT_FOUND.number()) {
                    // Anything but a refusal by the rules should not be.
                    throw e;
                }
            }
        }
    }

    private void act() throws IOException {
        switch (random.nextInt(10)) {
            case 0 -> send("deposit", 1 + random.nextInt(5000));
            case 1 -> send("withdraw", 1 + random.nextInt(50));
            case 2, 3, 4 -> {
                long deadline = Instant.now().toEpochMilli() + 500 + random.nextInt(60_000);
                send("submit", 1 + random.nextInt(100), deadline);
            }
            case 5 -> {
                for (Job job : some(JobState.SUBMITTED)) {
                    send("settle", job.id());
                }
            }
            case 6 -> {
                for (Job job : some(JobState.OPEN)) {
                    send("cancel", job.id());
                }
            }
            default -> work();
        }
    }

    private void work() throws IOException {
        for (Job job : some(JobState.OPEN)) {
            send("claim", job.id(), random.nextInt(20), LEASE.toMillis());
            for (int step = 1; step < 4; step++) {
                ledger.exchange().heartbeat(new Acknowledged.Account(new AccountId(account)), job.id(), step, LEASE);
            }
            switch (random.nextInt(8)) {
                case 0 -> send("abandon", job.id(), random.nextInt(2));
                case 1 -> send("cancel", job.id());
                case 2 -> {
                    // Left alone, so that its lease runs out.
                }
                default -> send("deliver", job.id());
            }
        }
    }

    private List<Job> some(JobState state) {
        List<Job> jobs = ledger.jobs(JobQuery.oldest(state, 5));
        return jobs.isEmpty() ? jobs : List.of(jobs.get(random.nextInt(jobs.size())));
    }

    /** Sends a write, and once it is acknowledged notes it where it survives this process. */
    private void send(String operation, Object... arguments) throws IOException {
        String key = seed + "-" + number++;
        String line = Acknowledged.unsent(account, key, operation, arguments)
                .send(ledger)
                .toLine();
        notes.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }
}
