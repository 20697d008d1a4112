package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.storage.Cid;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/** Asks several gateways for one block; the first true one wins, and the others are called off. */
final class BlockRace {
    private final Cid cid;
    private final BiConsumer<Gateway, DreamException> faults;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile boolean over;

    private record Answer(
            Gateway gateway,
            Optional<byte[]> block,
            @Nullable Throwable failure) {}

    /**
     * Who has won.
     *
     * @param gateway the gateway that gave the block
     * @param block the block, which has been checked
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, and never compared
    record Winner(Gateway gateway, byte[] block) {}

    BlockRace(Cid cid, BiConsumer<Gateway, DreamException> faults) {
        this.cid = cid;
        this.faults = faults;
    }

    /**
     * Runs the race.
     *
     * @param first who is asked first, alone for as long as the patience lasts; if nobody is, all are asked at once
     * @param others who is asked then
     * @return the winner, or empty if all say that they do not find the block
     * @throws DreamException if nobody gave the block and not all of them say that they do not find it
     */
    Optional<Winner> run(Optional<Gateway> first, List<Gateway> others, Duration patience) {
        List<Gateway> waiting = new ArrayList<>(others);
        int running = 0;
        if (first.isPresent()) {
            start(first.get());
            running++;
        } else {
            running += startAll(waiting);
        }
        Map<Gateway, DreamException> failures = new LinkedHashMap<>();
        try {
            while (running > 0) {
                Answer answer =
                        waiting.isEmpty() ? answers.take() : answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
                if (answer == null) {
                    running += startAll(waiting);
                    continue;
                }
                running--;
                if (answer.block.isPresent()) {
                    return Optional.of(new Winner(answer.gateway, answer.block.get()));
                }
                note(answer, failures);
                running += startAll(waiting);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw IpfsErrors.broken("the gateways", "for block " + cid, new InterruptedIOException("interrupted"));
        } finally {
            over = true;
            calls.forEach(Call::cancel);
        }
        if (failures.isEmpty()) {
            return Optional.empty();
        }
        throw lost(failures);
    }

    private int startAll(List<Gateway> waiting) {
        int count = waiting.size();
        waiting.forEach(this::start);
        waiting.clear();
        return count;
    }

    private void start(Gateway gateway) {
        Thread.ofVirtual().start(() -> {
            Answer answer;
            try {
                answer = new Answer(gateway, gateway.block(cid, this::begun), null);
            } catch (RuntimeException | Error e) {
                answer = new Answer(gateway, Optional.empty(), e);
            }
            answers.add(answer);
        });
    }

    private void begun(Call call) {
        calls.add(call);
        if (over) {
            call.cancel();
        }
    }

    private void note(Answer answer, Map<Gateway, DreamException> failures) {
        switch (answer.failure) {
            case null -> {}
            case DreamException e -> {
                failures.put(answer.gateway, e);
                faults.accept(answer.gateway, e);
            }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException("A gateway failed", e);
        }
    }

    private DreamException lost(Map<Gateway, DreamException> failures) {
        String reasons =
                failures.values().stream().map(DreamException::getMessage).collect(Collectors.joining("; "));
        String message = "No gateway gave block " + cid + ": " + reasons;
        boolean lies = failures.values().stream().allMatch(e -> e.code() == ErrorCode.REMOTE_MISMATCH);
        return lies
                ? new CorruptDataException(ErrorCode.REMOTE_MISMATCH, message)
                : new UnavailableException(ErrorCode.REMOTE_UNAVAILABLE, message);
    }
}
