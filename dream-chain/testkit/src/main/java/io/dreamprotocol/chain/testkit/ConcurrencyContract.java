package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.ASK;
import static io.dreamprotocol.chain.testkit.LedgerFixture.DELIVERY;
import static io.dreamprotocol.chain.testkit.LedgerFixture.LEASE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.coins;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.SignedVoucher;
import io.dreamprotocol.core.channel.Voucher;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import io.dreamprotocol.core.style.StyleRegistration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Many at once. */
interface ConcurrencyContract {
    int THREADS = 12;

    LedgerFixture fixture();

    @Test
    default void oneOfManyClaimsWins() throws Exception {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.openJob();
        List<Callable<Job>> claims = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Signer worker = f.newSigner();
            claims.add(() -> f.exchange().claim(worker, job.id(), ASK, LEASE, key()));
        }

        assertOneWins(claims, ErrorCode.JOB_STATE_CONFLICT);
    }

    @Test
    default void oneOfManyClaimsThroughSeveralOpeningsWins() throws Exception {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.SHARED);
        f.fundRequester();
        Job job = f.openJob();
        List<Ledger> openings = List.of(f.ledger(), f.openAgain(), f.openAgain());
        List<Callable<Job>> claims = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Signer worker = f.newSigner();
            Ledger ledger = openings.get(i % openings.size());
            claims.add(() -> ledger.exchange().claim(worker, job.id(), ASK, LEASE, key()));
        }

        assertOneWins(claims, ErrorCode.JOB_STATE_CONFLICT);
    }

    @Test
    default void oneOfSettlingAndSettlingAgainWins() throws Exception {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.submittedJob();
        Callable<Job> settle = () -> f.ledger().settle(f.requester, job.id(), key());

        assertOneWins(Collections.nCopies(THREADS, settle), ErrorCode.JOB_STATE_CONFLICT);
        assertThat(f.balance(f.worker)).isEqualTo(coins(600, 0));
        assertThat(f.balance(f.requester)).isEqualTo(coins(9400, 0));
    }

    @Test
    default void aResultAndACancellationDoNotBothHappen() throws Exception {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.claimedJob();
        List<Object> outcomes = atOnce(List.of(
                () -> f.ledger().deliver(f.worker, job.id(), DELIVERY, key()),
                () -> f.ledger().cancel(f.requester, job.id(), key())));

        assertThat(outcomes).containsOnlyOnce(ErrorCode.JOB_STATE_CONFLICT);
        assertThat(f.find(job).state()).isIn(JobState.SUBMITTED, JobState.CANCELLED);
    }

    @Test
    default void depositsOfManyAddUp() throws Exception {
        LedgerFixture f = fixture();
        atOnce(Collections.nCopies(THREADS, () -> {
            for (int i = 0; i < 5; i++) {
                f.ledger().deposit(f.requester, Amount.of(3), key());
            }
            return true;
        }));

        assertThat(f.balance(f.requester)).isEqualTo(coins(3 * 5 * THREADS, 0));
    }

    @Test
    default void oneWriteSentByManyHappensOnce() throws Exception {
        LedgerFixture f = fixture();
        f.fundRequester();
        JobSubmission submission = f.submission();
        IdempotencyKey key = key();
        List<Object> jobs = atOnce(Collections.nCopies(THREADS, () -> f.ledger().submit(f.requester, submission, key)));

        assertThat(jobs).containsOnly(f.ledger().jobs(JobQuery.newest(1)).getFirst());
        assertThat(f.ledger().jobs(JobQuery.newest(10))).hasSize(1);
        assertThat(f.balance(f.requester)).isEqualTo(coins(9000, 1000));
    }

    @Test
    default void moneyIsSpentOnce() throws Exception {
        LedgerFixture f = fixture();
        f.fund(f.requester, Amount.of(1000));
        List<Object> outcomes = atOnce(Collections.nCopies(THREADS, f::openJob));

        assertThat(outcomes).filteredOn(Job.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(ErrorCode.INSUFFICIENT_FUNDS::equals).hasSize(THREADS - 1);
        assertThat(f.balance(f.requester)).isEqualTo(coins(0, 1000));
    }

    @Test
    default void oneOfManyRegistrationsOfAFileWins() throws Exception {
        LedgerFixture f = fixture();
        List<Callable<StyleModel>> registrations = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Signer creator = f.newSigner();
            StyleRegistration copy = SampleStyles.registration(
                    SampleStyles.manifest("copy-" + i, "one file", false), SampleStyles.terms(1, 0, 0));
            registrations.add(() -> f.styles().register(creator, copy, Amount.ZERO, key()));
        }

        List<Object> outcomes = atOnce(registrations);
        assertThat(outcomes).filteredOn(StyleModel.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(ErrorCode.STYLE_EXISTS::equals).hasSize(THREADS - 1);
        assertThat(f.styles().search(StyleQuery.ALL)).hasSize(1);
    }

    @Test
    default void modelsRegisteredAtOnceGetNumbersOfTheirOwn() throws Exception {
        LedgerFixture f = fixture();
        List<Callable<StyleModel>> registrations = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            StyleRegistration own = SampleStyles.open("model-" + i, 1);
            registrations.add(() -> f.styles().register(f.other, own, Amount.ZERO, key()));
        }
        atOnce(registrations);

        assertThat(f.styles().search(StyleQuery.ALL))
                .extracting(model -> model.id().number())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, THREADS).boxed().toList());
    }

    @Test
    default void aVoucherSentByManyIsPaidOnce() throws Exception {
        LedgerFixture f = fixture();
        f.fundRequester();
        Channel channel = f.channels().open(f.requester, f.worker.account(), Amount.of(100), key());
        SignedVoucher voucher =
                SignedVoucher.sign(new Voucher(f.ledger().info().id(), channel.id(), Amount.of(70)), f.requester);
        Callable<Channel> redeem = () -> f.channels().redeem(f.worker, voucher, key());

        List<Object> outcomes = atOnce(Collections.nCopies(THREADS, redeem));
        assertThat(outcomes).filteredOn(Channel.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(ErrorCode.VOUCHER_INVALID::equals).hasSize(THREADS - 1);
        assertThat(f.balance(f.worker)).isEqualTo(coins(70, 0));
    }

    @Test
    default void manyWorkersShareManyJobs() throws Exception {
        LedgerFixture f = fixture();
        f.fund(f.requester, Amount.of(30_000));
        IntStream.range(0, 30).forEach(i -> f.openJob());
        List<Callable<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Signer worker = f.newSigner();
            workers.add(() -> workUntilNothingIsOpen(f, worker));
        }
        List<Object> done = atOnce(workers);

        assertThat(done.stream().mapToInt(Integer.class::cast).sum()).isEqualTo(30);
        assertThat(f.ledger().jobs(JobQuery.newest(100))).allMatch(job -> job.state() == JobState.SETTLED);
        assertThat(f.balance(f.requester)).isEqualTo(coins(30_000 - 30 * 600, 0));
    }

    private static int workUntilNothingIsOpen(LedgerFixture f, Signer worker) {
        int done = 0;
        while (true) {
            List<Job> open = f.ledger().jobs(JobQuery.oldest(JobState.OPEN, 5));
            if (open.isEmpty()) {
                return done;
            }
            for (Job job : open) {
                try {
                    f.exchange().claim(worker, job.id(), ASK, LEASE, key());
                } catch (DreamException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.JOB_STATE_CONFLICT);
                    continue;
                }
                f.exchange().heartbeat(worker, job.id(), 5, LEASE);
                f.ledger().deliver(worker, job.id(), DELIVERY, key());
                f.ledger().settle(f.requester, job.id(), key());
                done++;
            }
        }
    }

    private static void assertOneWins(List<Callable<Job>> calls, ErrorCode otherwise) throws Exception {
        List<Object> outcomes = atOnce(calls);
        assertThat(outcomes).filteredOn(Job.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(otherwise::equals).hasSize(calls.size() - 1);
    }

    /** Starts calls at the same moment; returns what each returned, or the code of its error. */
    private static <T> List<Object> atOnce(List<? extends Callable<? extends T>> calls) throws Exception {
        CyclicBarrier start = new CyclicBarrier(calls.size());
        try (ExecutorService executor = Executors.newFixedThreadPool(calls.size())) {
            List<Future<? extends T>> results = new ArrayList<>();
            for (Callable<? extends T> call : calls) {
                results.add(executor.submit(() -> {
                    start.await();
                    return call.call();
                }));
            }
            List<Object> outcomes = new ArrayList<>();
            for (Future<? extends T> result : results) {
                outcomes.add(outcome(result));
            }
            return outcomes;
        }
    }

    private static Object outcome(Future<?> result) throws Exception {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DreamException refusal) {
                return refusal.code();
            }
            throw e;
        }
    }
}
