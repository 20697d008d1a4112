package io.dreamprotocol.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochClaim;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** A ledger's records on maps, which carries changes out and checks that they only move money. */
final class FakeLedger implements LedgerView {
    static final Duration WINDOW = Duration.ofMinutes(10);

    final List<WorkerOffer> offers = new ArrayList<>();
    final List<Notice> notices = new ArrayList<>();
    final Map<JobId, Job> jobs = new LinkedHashMap<>();
    final TreeMap<StyleId, StyleModel> styles = new TreeMap<>();

    private final LedgerInfo info;
    final Map<AccountId, Balance> balances = new HashMap<>();
    private final Map<AccountId, WorkerRecord> workers = new HashMap<>();
    private final Map<OperatorApproval, OperatorApproval> approvals = new HashMap<>();
    private final List<StylePayer> payers = new ArrayList<>();
    private final Map<List<Object>, Licence> licences = new HashMap<>();
    private final Map<List<Object>, PoolClaim> claims = new HashMap<>();
    private final Map<ChannelId, Channel> channels = new HashMap<>();
    private final Map<EpochId, Epoch> epochs = new HashMap<>();
    private final Map<List<Object>, EpochClaim> lines = new HashMap<>();
    private final Map<RoundId, Round> rounds = new HashMap<>();
    private final Map<RoundId, Map<List<Object>, Pledge>> pledges = new HashMap<>();

    FakeLedger() {
        this(0, Amount.ZERO);
    }

    FakeLedger(int protocolParts, Amount minimumStake) {
        info = new LedgerInfo("fake:1", "DREAM", 6, WINDOW, protocolParts, minimumStake);
    }

    FakeLedger fund(AccountId account, long amount) {
        post(MoneyRules.deposit(account, Amount.of(amount), Amount.ZERO));
        return this;
    }

    Balance balance(AccountId account) {
        return balances.getOrDefault(account, new Balance(Amount.ZERO, Amount.ZERO));
    }

    long available(AccountId account) {
        return balance(account).available().units().longValueExact();
    }

    long escrowed(AccountId account) {
        return balance(account).escrowed().units().longValueExact();
    }

    BigInteger allMoney() {
        return balances.values().stream()
                .map(balance ->
                        balance.available().units().add(balance.escrowed().units()))
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    /** Carries a change out whole, or not at all. */
    <T> T carryOut(Change<T> change) {
        BigInteger moved = BigInteger.ZERO;
        for (Posting posting : change.postings()) {
            moved = moved.add(posting.available()).add(posting.escrowed());
        }
        assertThat(moved).as("money made").isZero();
        assertThat(change.postings()).extracting(Posting::account).doesNotHaveDuplicates();
        assertThat(change.writes()).doesNotHaveDuplicates();
        Map<AccountId, Balance> before = Map.copyOf(balances);
        try {
            change.postings().forEach(this::post);
        } catch (RuntimeException e) {
            balances.clear();
            balances.putAll(before);
            throw e;
        }
        change.writes().forEach(this::write);
        notices.addAll(change.notices());
        return change.result();
    }

    void post(Posting posting) {
        balances.put(posting.account(), posting.applyTo(balance(posting.account())));
    }

    private void write(Record written) {
        switch (written) {
            case Job job -> jobs.put(job.id(), job);
            case WorkerRecord worker -> workers.put(worker.account(), worker);
            case StyleModel style -> styles.put(style.id(), style);
            case OperatorApproval approval ->
                approvals.put(new OperatorApproval(approval.owner(), approval.operator(), true), approval);
            case StylePayer payer -> payers.add(payer);
            case Licence licence -> licences.put(List.of(licence.style(), licence.holder()), licence);
            case PoolClaim claim -> claims.put(List.of(claim.style(), claim.contributor()), claim);
            case Channel channel -> channels.put(channel.id(), channel);
            case Epoch epoch -> epochs.put(epoch.id(), epoch);
            case EpochClaim claim -> lines.put(List.of(claim.epoch(), claim.index()), claim);
            case Round round -> rounds.put(round.id(), round);
            case Pledge pledge ->
                pledges.computeIfAbsent(pledge.round(), round -> new LinkedHashMap<>())
                        .put(List.of(pledge.account(), pledge.kind()), pledge);
            default -> throw new AssertionError("Not a ledger's record: " + written);
        }
    }

    StyleModel model(StyleId id) {
        return style(id).orElseThrow();
    }

    Job job(JobId id) {
        return Objects.requireNonNull(jobs.get(id));
    }

    Notice lastNotice() {
        return notices.getLast();
    }

    @Override
    public LedgerInfo info() {
        return info;
    }

    @Override
    public Optional<StyleModel> style(StyleId id) {
        return Optional.ofNullable(styles.get(id));
    }

    @Override
    public Optional<StyleModel> styleNamed(String name) {
        return styles.values().stream()
                .filter(style -> style.manifest().name().equals(name))
                .findFirst();
    }

    @Override
    public Optional<StyleModel> styleOfFile(Bytes sha256) {
        return styles.values().stream()
                .filter(style -> style.manifest().principal().sha256().equals(sha256))
                .findFirst();
    }

    @Override
    public StyleId nextStyle() {
        return new StyleId(styles.size() + 1);
    }

    @Override
    public boolean isOperator(AccountId owner, AccountId operator) {
        return Optional.ofNullable(approvals.get(new OperatorApproval(owner, operator, true)))
                .map(OperatorApproval::approved)
                .orElse(false);
    }

    @Override
    public boolean hasPaid(StyleId style, AccountId payer) {
        return payers.contains(new StylePayer(style, payer));
    }

    @Override
    public Optional<Licence> licence(StyleId style, AccountId holder) {
        return Optional.ofNullable(licences.get(List.of(style, holder)));
    }

    @Override
    public Optional<PoolClaim> poolClaim(StyleId style, AccountId contributor) {
        return Optional.ofNullable(claims.get(List.of(style, contributor)));
    }

    @Override
    public Optional<Channel> channel(ChannelId id) {
        return Optional.ofNullable(channels.get(id));
    }

    @Override
    public Optional<Epoch> epoch(EpochId id) {
        return Optional.ofNullable(epochs.get(id));
    }

    @Override
    public boolean isClaimed(EpochId epoch, long index) {
        return lines.containsKey(List.of(epoch, index));
    }

    @Override
    public Optional<Round> round(RoundId id) {
        return Optional.ofNullable(rounds.get(id));
    }

    @Override
    public RoundId nextRound() {
        return new RoundId(rounds.size() + 1);
    }

    @Override
    public List<Pledge> pledges(RoundId round) {
        return List.copyOf(pledges.getOrDefault(round, Map.of()).values());
    }

    @Override
    public WorkerRecord worker(AccountId account) {
        return workers.getOrDefault(account, WorkerRecord.unknown(account));
    }

    @Override
    public List<WorkerOffer> offers() {
        return offers.stream().sorted(OfferRules.CHEAPEST_FIRST).toList();
    }
}
