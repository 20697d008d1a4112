package io.dreamprotocol.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.Cid;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any history of operations, valid and invalid, neither makes nor loses money, and ends every job once. */
class JobRulesHistoryTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int OPERATIONS = 20_000;
    private static final Cid ANY = Cid.of(Cid.Codec.RAW, new byte[0]);
    private static final ModelId MODEL = new ModelId("dream-mini", Bytes.sha256(new byte[0]));

    private final FakeLedger ledger = new FakeLedger(125, Amount.ZERO);
    private final List<Job> jobs = new ArrayList<>();
    private BigInteger deposited = BigInteger.ZERO;
    private Instant now = START;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void moneyIsNeverMadeOrLostAndNoJobEndsTwice(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < OPERATIONS; i++) {
            List<Job> before = List.copyOf(jobs);
            try {
                operate(random);
            } catch (DreamException e) {
                assertThat(e.code()).isNotEqualTo(ErrorCode.INVALID_AMOUNT);
            }
            checkMoney();
            for (int j = 0; j < before.size(); j++) {
                if (before.get(j).state().isFinal()) {
                    assertThat(jobs.get(j)).isSameAs(before.get(j));
                }
            }
            if (jobs.size() > 40) {
                jobs.removeIf(job -> job.state().isFinal());
            }
        }
        assertThat(jobs).isNotEmpty();
    }

    @Test
    void everyJobCanEnd() {
        Random random = new Random(6);
        for (int i = 0; i < OPERATIONS; i++) {
            try {
                operate(random);
            } catch (DreamException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        }
        now = now.plus(Ledger.MAX_JOB_TIME);
        for (int i = 0; i < jobs.size(); i++) {
            applyOverdue(i);
            if (jobs.get(i).state() == JobState.SUBMITTED) {
                carryOut(i, JobRules.settle(jobs.get(i), account(0), ledger, now));
            }
        }
        assertThat(jobs).allMatch(job -> job.state().isFinal());
        assertThat(ledger.balances.values()).extracting(Balance::escrowed).containsOnly(Amount.ZERO);
        checkMoney();
    }

    private static AccountId account(int index) {
        return new AccountId("ed25519:a" + index);
    }

    private void operate(Random random) {
        AccountId who = account(random.nextInt(4));
        if (random.nextInt(10) == 0) {
            Amount amount = Amount.of(1 + random.nextInt(500));
            if (random.nextBoolean()) {
                ledger.post(MoneyRules.deposit(who, amount, new Amount(deposited)));
                deposited = deposited.add(amount.units());
            } else {
                ledger.post(MoneyRules.withdraw(who, amount));
                deposited = deposited.subtract(amount.units());
            }
            return;
        }
        if (random.nextInt(4) == 0) {
            now = now.plusMillis(random.nextInt(3_000));
        }
        if (jobs.isEmpty() || random.nextInt(8) == 0) {
            Work work = new Work(1 + random.nextInt(3_000_000), 1 + random.nextInt(5));
            JobSubmission submission = new JobSubmission(
                    ANY, MODEL, work, Amount.of(1 + random.nextInt(200)), now.plusSeconds(random.nextInt(60)));
            Change<Job> opened =
                    JobRules.open(new JobId("j" + random.nextLong(1L << 62)), who, submission, ledger, now);
            jobs.add(ledger.carryOut(opened));
            return;
        }
        int index = random.nextInt(jobs.size());
        applyOverdue(index);
        Job job = jobs.get(index);
        // The holder acts more often than chance would have it, or few jobs would get far.
        AccountId holder = job.assignment().isPresent() && random.nextInt(4) > 0
                ? job.assignment().get().worker()
                : who;
        Duration lease = Duration.ofSeconds(1 + random.nextInt(8));
        Change<Job> change = switch (random.nextInt(7)) {
            case 0, 1 -> JobRules.claim(job, who, Amount.of(random.nextInt(30)), lease, ledger, now);
            case 2 -> JobRules.heartbeat(job, holder, random.nextInt(6), Optional.empty(), lease, now);
            case 3 -> JobRules.deliver(job, holder, new Delivery(ANY, ANY), now);
            case 4 -> JobRules.settle(job, random.nextBoolean() ? job.requester() : who, ledger, now);
            case 5 -> JobRules.cancel(job, who, ledger, now);
            default -> {
                JobFailure failure = new JobFailure(ErrorCode.ENGINE_FAILED, "no", random.nextInt(5) == 0);
                yield JobRules.abandon(job, holder, failure, ledger, now);
            }
        };
        carryOut(index, change);
    }

    private void applyOverdue(int index) {
        for (Change<Job> change : JobRules.overdue(jobs.get(index), ledger, now)) {
            carryOut(index, change);
        }
    }

    private void carryOut(int index, Change<Job> change) {
        Job job = ledger.carryOut(change);
        assertThat(job.state().isFinal()).isEqualTo(job.settlement().isPresent());
        job.settlement()
                .ifPresent(settlement -> assertThat(settlement.fee().plus(settlement.refund()))
                        .isEqualTo(job.submission().maximumFee()));
        jobs.set(index, job);
    }

    private void checkMoney() {
        BigInteger sum = BigInteger.ZERO;
        Map<AccountId, BigInteger> escrow = new HashMap<>();
        for (Job job : jobs) {
            if (!job.state().isFinal()) {
                escrow.merge(job.requester(), job.submission().maximumFee().units(), BigInteger::add);
            }
        }
        for (Map.Entry<AccountId, Balance> entry : ledger.balances.entrySet()) {
            Balance balance = entry.getValue();
            sum = sum.add(balance.available().units()).add(balance.escrowed().units());
            assertThat(balance.escrowed().units()).isEqualTo(escrow.getOrDefault(entry.getKey(), BigInteger.ZERO));
        }
        assertThat(sum).isEqualTo(deposited);
    }
}
