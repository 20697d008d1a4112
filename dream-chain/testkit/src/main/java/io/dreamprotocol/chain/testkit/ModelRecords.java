package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochClaim;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.rules.LedgerView;
import io.dreamprotocol.core.rules.OfferRules;
import io.dreamprotocol.core.rules.OperatorApproval;
import io.dreamprotocol.core.rules.PoolRules;
import io.dreamprotocol.core.rules.StylePayer;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All records of a ledger, on maps in memory. Not thread-safe. */
final class ModelRecords implements LedgerView {
    private static final Balance NOTHING = new Balance(Amount.ZERO, Amount.ZERO);

    private final LedgerInfo info;
    private final Map<AccountId, Balance> balances = new HashMap<>();
    private final Map<JobId, Job> jobs = new LinkedHashMap<>();
    private final Set<JobId> running = new HashSet<>();
    private final Map<AccountId, WorkerOffer> offers = new HashMap<>();
    private final Map<AccountId, WorkerRecord> workers = new TreeMap<>();
    private final TreeMap<StyleId, StyleModel> styles = new TreeMap<>();
    private final Map<String, StyleId> stylesByName = new HashMap<>();
    private final Map<Bytes, StyleId> stylesByFile = new HashMap<>();
    private final Set<List<AccountId>> operators = new HashSet<>();
    private final Set<StylePayer> payers = new HashSet<>();
    private final Map<StyleId, TreeMap<AccountId, Licence>> licences = new HashMap<>();
    private final Map<StyleId, Map<AccountId, PoolClaim>> poolClaims = new HashMap<>();
    private final Map<ChannelId, Channel> channels = new LinkedHashMap<>();
    private final Map<EpochId, Epoch> epochs = new LinkedHashMap<>();
    private final Map<EpochId, Map<Long, EpochClaim>> epochClaims = new HashMap<>();
    private final TreeMap<Long, Round> rounds = new TreeMap<>();
    private final Map<RoundId, Map<List<Object>, Pledge>> pledges = new HashMap<>();
    private Amount supply = Amount.ZERO;
    private Instant now = Instant.EPOCH;

    ModelRecords(LedgerInfo info) {
        this.info = info;
    }

    Instant now() {
        return now;
    }

    void setNow(Instant time) {
        now = time;
    }

    Amount supply() {
        return supply;
    }

    void setSupply(Amount amount) {
        supply = amount;
    }

    /** Moves money, all of it or, if somebody has too little, none. */
    void post(List<Posting> postings) {
        Map<AccountId, Balance> after = new LinkedHashMap<>();
        for (Posting posting : postings) {
            Balance before = after.getOrDefault(posting.account(), balance(posting.account()));
            after.put(posting.account(), posting.applyTo(before));
        }
        balances.putAll(after);
    }

    /** Writes a record in place of the one before. */
    void put(Record written) {
        switch (written) {
            case Job job -> {
                jobs.put(job.id(), job);
                if (job.state() == JobState.OPEN || job.state() == JobState.CLAIMED) {
                    running.add(job.id());
                } else {
                    running.remove(job.id());
                }
            }
            case WorkerRecord worker -> workers.put(worker.account(), worker);
            case StyleModel style -> {
                styles.put(style.id(), style);
                stylesByName.put(style.manifest().name(), style.id());
                stylesByFile.put(style.manifest().principal().sha256(), style.id());
            }
            case OperatorApproval approval -> {
                List<AccountId> pair = List.of(approval.owner(), approval.operator());
                if (approval.approved()) {
                    operators.add(pair);
                } else {
                    operators.remove(pair);
                }
            }
            case StylePayer payer -> payers.add(payer);
            case Licence licence ->
                licences.computeIfAbsent(licence.style(), style -> new TreeMap<>())
                        .put(licence.holder(), licence);
            case PoolClaim claim ->
                poolClaims
                        .computeIfAbsent(claim.style(), style -> new HashMap<>())
                        .put(claim.contributor(), claim);
            case Channel channel -> channels.put(channel.id(), channel);
            case Epoch epoch -> epochs.put(epoch.id(), epoch);
            case EpochClaim claim ->
                epochClaims
                        .computeIfAbsent(claim.epoch(), epoch -> new HashMap<>())
                        .put(claim.index(), claim);
            case Round round -> rounds.put(round.id().number(), round);
            case Pledge pledge ->
                pledges.computeIfAbsent(pledge.round(), round -> new LinkedHashMap<>())
                        .put(List.of(pledge.account(), pledge.kind()), pledge);
            default -> throw new IllegalArgumentException("Not a record of a ledger: " + written);
        }
    }

    void announce(WorkerOffer offer) {
        offers.put(offer.worker(), offer);
    }

    void retire(AccountId worker) {
        offers.remove(worker);
    }

    Balance balance(AccountId account) {
        return balances.getOrDefault(account, NOTHING);
    }

    Set<AccountId> accounts() {
        return Set.copyOf(balances.keySet());
    }

    Optional<Job> job(JobId id) {
        return Optional.ofNullable(jobs.get(id));
    }

    Collection<Job> jobs() {
        return jobs.values();
    }

    /** Returns the jobs on which time acts. */
    List<Job> runningJobs() {
        return running.stream().map(jobs::get).toList();
    }

    Collection<StyleModel> styles() {
        return styles.values();
    }

    Collection<Licence> licences(StyleId style) {
        return licences.getOrDefault(style, new TreeMap<>()).values();
    }

    Collection<Channel> channels() {
        return channels.values();
    }

    Collection<Round> rounds() {
        return rounds.values();
    }

    Collection<WorkerRecord> workers() {
        return workers.values();
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
        return Optional.ofNullable(stylesByName.get(name)).flatMap(this::style);
    }

    @Override
    public Optional<StyleModel> styleOfFile(Bytes sha256) {
        return Optional.ofNullable(stylesByFile.get(sha256)).flatMap(this::style);
    }

    @Override
    public StyleId nextStyle() {
        return new StyleId(styles.size() + 1);
    }

    @Override
    public boolean isOperator(AccountId owner, AccountId operator) {
        return operators.contains(List.of(owner, operator));
    }

    @Override
    public boolean hasPaid(StyleId style, AccountId payer) {
        return payers.contains(new StylePayer(style, payer));
    }

    @Override
    public Optional<Licence> licence(StyleId style, AccountId holder) {
        return Optional.ofNullable(licences.getOrDefault(style, new TreeMap<>()).get(holder));
    }

    @Override
    public Optional<PoolClaim> poolClaim(StyleId style, AccountId contributor) {
        return Optional.ofNullable(poolClaims.getOrDefault(style, Map.of()).get(contributor));
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
        return epochClaims.getOrDefault(epoch, Map.of()).containsKey(index);
    }

    @Override
    public Optional<Round> round(RoundId id) {
        return Optional.ofNullable(rounds.get(id.number()));
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
        return offers.values().stream()
                .filter(offer -> offer.expires().isAfter(now))
                .sorted(OfferRules.CHEAPEST_FIRST)
                .toList();
    }

    /** Checks that the money adds up, and that nobody got more than was due. */
    void requireSound() {
        requireMoney();
        for (Job job : jobs.values()) {
            require(
                    job.state().isFinal() == job.settlement().isPresent()
                            && job.settlement()
                                    .map(settlement -> settlement.fee().plus(settlement.refund()))
                                    .orElse(job.submission().maximumFee())
                                    .equals(job.submission().maximumFee()),
                    "Payments and refund are not the maximum fee of ",
                    job);
        }
        styles.values().forEach(this::requireSoundPool);
        for (Epoch epoch : epochs.values()) {
            BigInteger claimed = epochClaims.getOrDefault(epoch.id(), Map.of()).values().stream()
                    .map(claim -> claim.paid().units())
                    .reduce(BigInteger.ZERO, BigInteger::add);
            require(claimed.compareTo(epoch.claimed().units()) >= 0, "More was taken than claimed of ", epoch);
        }
        requireSoundWorkers();
    }

    private void requireMoney() {
        BigInteger total = BigInteger.ZERO;
        Map<AccountId, BigInteger> escrow = new HashMap<>();
        for (Map.Entry<AccountId, Balance> entry : balances.entrySet()) {
            Balance balance = entry.getValue();
            total = total.add(balance.available().units())
                    .add(balance.escrowed().units());
            escrow.put(entry.getKey(), balance.escrowed().units());
        }
        require(total.equals(supply.units()), "Money was made or lost: ", balances);
        Map<AccountId, BigInteger> owed = new HashMap<>();
        Stream.of(ofJobs(), ofWorkers(), ofLicences(), ofChannels(), ofEpochs(), ofPledges())
                .flatMap(held -> held)
                .forEach(held -> owed.merge(held.account(), held.amount(), BigInteger::add));
        for (AccountId account : balances.keySet()) {
            require(
                    escrow.getOrDefault(account, BigInteger.ZERO).equals(owed.getOrDefault(account, BigInteger.ZERO)),
                    "Its escrow is not what is owed: ",
                    account);
        }
    }

    /** Money that lies in an account's escrow. */
    private record Held(AccountId account, BigInteger amount) {}

    private Stream<Held> ofJobs() {
        return jobs.values().stream()
                .filter(job -> !job.state().isFinal())
                .map(job ->
                        new Held(job.requester(), job.submission().maximumFee().units()));
    }

    private Stream<Held> ofWorkers() {
        return workers.values().stream()
                .map(worker -> new Held(worker.account(), worker.stake().units()));
    }

    private Stream<Held> ofLicences() {
        return licences.values().stream()
                .flatMap(ofStyle -> ofStyle.values().stream())
                .filter(licence -> licence.state() == Licence.State.PENDING)
                .map(licence -> new Held(licence.holder(), licence.paid().units()));
    }

    private Stream<Held> ofChannels() {
        return channels.values().stream()
                .filter(channel -> channel.state() != Channel.State.CLOSED)
                .map(channel -> new Held(channel.payer(), channel.left().units()));
    }

    private Stream<Held> ofEpochs() {
        return epochs.values().stream()
                .map(epoch -> new Held(
                        epoch.payer(), epoch.total().minus(epoch.claimed()).units()));
    }

    private Stream<Held> ofPledges() {
        return rounds.values().stream()
                .filter(round -> round.state() == Round.State.OPEN)
                .flatMap(round -> pledges(round.id()).stream())
                .filter(pledge -> pledge.kind() == Pledge.Kind.MONEY)
                .map(pledge -> new Held(pledge.account(), pledge.quantity()));
    }

    private void requireSoundPool(StyleModel style) {
        Amount pooled = style.usage().pooled();
        BigInteger claimed = poolClaims.getOrDefault(style.id(), Map.of()).values().stream()
                .map(claim -> claim.claimed().units())
                .reduce(BigInteger.ZERO, BigInteger::add);
        // A count that stands at the largest amount says no more how much there was.
        require(
                pooled.equals(Amount.MAX)
                        || balance(style.pool())
                                .available()
                                .units()
                                .equals(pooled.units().subtract(claimed)),
                "Its pool is not what came in less what was claimed: ",
                style);
        for (PoolClaim claim : poolClaims.getOrDefault(style.id(), Map.of()).values()) {
            long weight = style.contributors().orElseThrow().totalWeight();
            require(
                    claim.claimed().compareTo(PoolRules.entitlement(pooled, weight, weight)) <= 0,
                    "More was claimed than the whole pool: ",
                    claim);
        }
    }

    private void requireSoundWorkers() {
        Map<AccountId, Integer> held = new HashMap<>();
        for (Job job : jobs.values()) {
            if (job.state() == JobState.CLAIMED || job.state() == JobState.SUBMITTED) {
                held.merge(job.assignment().orElseThrow().worker(), 1, Integer::sum);
            }
        }
        for (WorkerRecord worker : workers.values()) {
            require(
                    worker.held() == held.getOrDefault(worker.account(), 0),
                    "It does not hold as many jobs as its record says: ",
                    worker);
        }
    }

    private static void require(boolean sound, String otherwise, Object what) {
        if (!sound) {
            throw new IllegalStateException(otherwise + what);
        }
    }
}
