package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A process that does random things with a ledger until it is killed, and notes each write that the ledger acknowledged.
 *
 * <p>Arguments: the data folder, the file for its notes, its account, and the seed of its randomness.
 */
final class RestlessProcess {
    private static final Duration LEASE = Duration.ofSeconds(1);
    /** Few models, so that something happens with each of them. */
    private static final int MODELS = 5;

    private final Ledger ledger;
    private final FileChannel notes;
    private final String account;
    private final Random random;
    private final long seed;
    private final Map<EpochId, List<Integer>> epochs = new HashMap<>();
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
        switch (random.nextInt(20)) {
            case 0 -> send("deposit", 1 + random.nextInt(5000));
            case 1 -> send("withdraw", 1 + random.nextInt(50));
            case 2, 3, 4 -> {
                long deadline = Instant.now().toEpochMilli() + 500 + random.nextInt(60_000);
                send("submit", 1 + random.nextInt(100), deadline, random.nextBoolean() ? 0 : style());
            }
            case 5, 6 -> {
                for (Job job : some(JobState.SUBMITTED)) {
                    send("settle", job.id());
                }
            }
            case 7 -> {
                for (Job job : some(JobState.OPEN)) {
                    send("cancel", job.id());
                }
            }
            case 8, 9, 10, 11 -> work();
            case 12 -> {
                if (ledger.styles().search(oldest(Optional.empty())).size() < MODELS || random.nextInt(4) == 0) {
                    send("register", "m-" + seed + "-" + number, random.nextInt(2), random.nextInt(6), style());
                }
            }
            case 13, 14, 15 -> tradeStyles();
            case 16 -> payThroughChannels();
            case 17 -> payThroughEpochs();
            case 18 -> createTogether();
            default -> {
                if (random.nextBoolean()) {
                    send("register-worker", random.nextInt(100));
                } else {
                    send("leave");
                }
            }
        }
    }

    private static StyleQuery oldest(Optional<AccountId> owner) {
        return new StyleQuery(
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                owner,
                StyleQuery.Order.OLDEST,
                MODELS,
                Optional.empty());
    }

    /** Returns the number of some style model, 0 if there is none. */
    private long style() {
        List<StyleModel> models = ledger.styles().search(oldest(Optional.empty()));
        return models.isEmpty()
                ? 0
                : models.get(random.nextInt(models.size())).id().number();
    }

    private String anotherAccount() {
        return Acknowledged.ACCOUNTS
                .get(random.nextInt(Acknowledged.ACCOUNTS.size()))
                .value();
    }

    private void tradeStyles() throws IOException {
        long style = style();
        if (style == 0) {
            return;
        }
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                if (ledger.styles()
                        .find(new StyleId(style))
                        .orElseThrow()
                        .manifest()
                        .sealed()) {
                    send("buy-licence", style, 10);
                }
            }
            case 2 -> send("withdraw-licence", style);
            case 3, 4 -> {
                for (StyleModel own : ledger.styles().search(oldest(Optional.of(new AccountId(account))))) {
                    for (Licence licence : ledger.styles().licences(own.id())) {
                        if (licence.state() == Licence.State.PENDING) {
                            send("grant-licence", own.id(), licence.holder());
                        }
                    }
                }
            }
            case 5 -> send("transfer", style, anotherAccount());
            case 6 -> send("terms", style, random.nextInt(4));
            default -> send("claim-pool", style);
        }
    }

    private void payThroughChannels() throws IOException {
        List<Channel> channels = ledger.channels().channels(new AccountId(account));
        String payee = anotherAccount();
        if (channels.size() < 3 || random.nextInt(10) == 0) {
            if (!payee.equals(account)) {
                send("open-channel", payee, 1 + random.nextInt(100));
            }
            return;
        }
        Channel channel = channels.get(random.nextInt(channels.size()));
        if (random.nextInt(20) == 0) {
            send("close-channel", channel.id());
        } else {
            send("redeem", channel.id(), channel.paid().units().add(BigInteger.valueOf(random.nextInt(5))));
        }
    }

    private void payThroughEpochs() throws IOException {
        if (epochs.isEmpty() || random.nextInt(4) == 0) {
            List<Integer> amounts = List.of(1 + random.nextInt(5), 1 + random.nextInt(5), 1 + random.nextInt(5));
            int total = amounts.stream().mapToInt(Integer::intValue).sum();
            Epoch epoch = (Epoch) send("settle-epoch", amounts.get(0), amounts.get(1), amounts.get(2), total);
            epochs.put(epoch.id(), amounts);
            return;
        }
        List<EpochId> known = List.copyOf(epochs.keySet());
        EpochId epoch = known.get(random.nextInt(known.size()));
        List<Integer> amounts = epochs.get(epoch);
        send("claim-epoch", epoch, random.nextInt(3), amounts.get(0), amounts.get(1), amounts.get(2));
    }

    private void createTogether() throws IOException {
        List<Round> open = ledger.rounds().newest(5).stream()
                .filter(round -> round.state() == Round.State.OPEN)
                .toList();
        long base = style();
        if (open.isEmpty() || random.nextInt(4) == 0) {
            if (base != 0) {
                send("start-round", base, Instant.now().toEpochMilli() + 1000 + random.nextInt(60_000));
            }
            return;
        }
        Round round = open.get(random.nextInt(open.size()));
        if (round.raised().compareTo(round.terms().goal()) < 0 || random.nextInt(3) == 0) {
            send("pledge", round.id(), 1 + random.nextInt(5));
        } else {
            send(random.nextInt(4) == 0 ? "refund-round" : "conclude-round", round.id());
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
    private Object send(String operation, Object... arguments) throws IOException {
        Acknowledged write = Acknowledged.unsent(account, seed + "-" + number++, operation, arguments);
        Object answer = write.answerOf(ledger);
        String line = write.answered(answer).toLine();
        notes.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        return answer;
    }
}
