package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.channel.EpochLine;
import io.dreamprotocol.core.channel.SignedVoucher;
import io.dreamprotocol.core.channel.Voucher;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.StyleShare;
import io.dreamprotocol.core.ledger.WorkerProfile;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.round.RoundTerms;
import io.dreamprotocol.core.rules.RoundRules;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Makes definite what the steps of a history say by numbers, by what the model has when a step is carried out. */
final class StepResolver {
    private static final long PIXELS_PER_STEP = 1_000_000;

    /** Numbers below this one choose among the records to which an operation applies. */
    private static final int FITTING = 4;

    private final LedgerFixture fixture;
    private final ModelRecords records;
    private final List<Signer> accounts;
    /** The newest first, each. */
    private final List<JobId> jobs = new ArrayList<>();

    private final List<ChannelId> channels = new ArrayList<>();
    private final List<EpochId> epochs = new ArrayList<>();

    private final Map<EpochId, List<EpochLine>> lines = new HashMap<>();
    private final Map<Bytes, List<Contribution>> contributors = new HashMap<>();
    private Optional<List<EpochLine>> linesOfNext = Optional.empty();

    /** A write whose numbers are resolved; it does the same on the ledger and on the model. */
    interface Operation {
        Object on(Ledger ledger, Signer by, IdempotencyKey key);
    }

    StepResolver(LedgerFixture fixture, ModelRecords records, List<Signer> accounts) {
        this.fixture = fixture;
        this.records = records;
        this.accounts = accounts;
    }

    /** Takes note of what a ledger returned. */
    void note(Object outcome) {
        if (outcome instanceof Job job && !jobs.contains(job.id())) {
            jobs.addFirst(job.id());
        }
        if (outcome instanceof Channel channel && !channels.contains(channel.id())) {
            channels.addFirst(channel.id());
        }
        if (outcome instanceof Epoch epoch && !epochs.contains(epoch.id())) {
            epochs.addFirst(epoch.id());
            lines.put(epoch.id(), linesOfNext.orElseThrow());
        }
    }

    Signer account(int number) {
        return accounts.get(number % accounts.size());
    }

    /** Returns the account of a step, or the one that may do what it says. */
    Signer actor(int account, Step.Operation operation) {
        if (account != Step.FITTING) {
            return account(account);
        }
        return switch (operation) {
            case Step.Deposit deposit ->
                switch (deposit.amount().units().intValue() & 3) {
                    case 0 -> fixture.worker;
                    case 1 -> fixture.other;
                    default -> fixture.requester;
                };
            case Step.Withdraw withdraw -> fixture.worker;
            case Step.Submit submit -> fixture.requester;
            case Step.Claim claim -> fixture.worker;
            case Step.Deliver deliver -> holder(job(deliver.job(), JobState.CLAIMED));
            case Step.Abandon abandon -> holder(job(abandon.job(), JobState.CLAIMED));
            case Step.Settle settle -> fixture.requester;
            case Step.Cancel cancel -> fixture.requester;
            case Step.RegisterWorker register -> fixture.worker;
            case Step.Leave leave -> fixture.worker;
            case Step.RegisterStyle register -> account(register.name());
            case Step.Transfer transfer -> owner(style(transfer.style()));
            case Step.Approve approve -> owner(style(approve.style()));
            case Step.ApproveAll approve -> account(approve.operator() + 1);
            case Step.ChangeTerms change -> owner(style(change.style()));
            case Step.BuyLicence buy -> fixture.worker;
            case Step.WithdrawLicence withdraw ->
                signer(licensee(sealedStyle(withdraw.style()), Licence.State.PENDING, withdraw.style()));
            case Step.GrantLicence grant -> owner(sealedStyle(grant.style()));
            case Step.RevokeLicence revoke -> owner(sealedStyle(revoke.style()));
            case Step.ClaimPool claim -> account(claim.contributor());
            case Step.OpenChannel open -> fixture.requester;
            case Step.Raise raise -> payer(raise.channel());
            case Step.Redeem redeem -> payee(redeem.channel());
            case Step.CloseChannel close -> close.channel() % 2 == 0 ? payer(close.channel()) : payee(close.channel());
            case Step.SettleEpoch settle ->
                settle.lines().stream()
                        .flatMap(line -> line.channel().stream())
                        .findFirst()
                        .map(this::payer)
                        .orElse(fixture.requester);
            case Step.ClaimLine claim -> fixture.other;
            case Step.StartRound start -> fixture.other;
            case Step.PledgeTo pledge -> pledge.quantity().testBit(0) ? fixture.requester : fixture.worker;
            case Step.Accept accept -> organiser(accept.round());
            case Step.Conclude conclude -> organiser(conclude.round());
            case Step.Refund refund -> organiser(refund.round());
        };
    }

    private Signer signer(AccountId id) {
        return accounts.stream()
                .filter(account -> account.account().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Returns who holds a job by the rules. */
    Signer holder(JobId job) {
        return records.job(job)
                .flatMap(Job::assignment)
                .map(Assignment::worker)
                .map(this::signer)
                .orElse(fixture.worker);
    }

    private Signer owner(StyleId style) {
        return records.style(style).map(StyleModel::owner).map(this::signer).orElse(fixture.other);
    }

    private Signer payer(int channel) {
        return records.channel(channel(channel))
                .map(Channel::payer)
                .map(this::signer)
                .orElse(fixture.requester);
    }

    private Signer payee(int channel) {
        return records.channel(channel(channel))
                .map(Channel::payee)
                .map(this::signer)
                .orElse(fixture.worker);
    }

    private Signer organiser(int round) {
        return records.round(round(round))
                .map(Round::organiser)
                .map(this::signer)
                .orElse(fixture.other);
    }

    /** Returns a job: for a small number one in this state, if there is any, so that many get far. */
    JobId job(int number, JobState state) {
        List<JobId> fitting = number >= FITTING
                ? List.of()
                : jobs.stream()
                        .filter(job -> records.job(job).orElseThrow().state() == state)
                        .toList();
        return fitting.isEmpty() ? job(number) : fitting.get(number % fitting.size());
    }

    private JobId job(int number) {
        return jobs.isEmpty() ? new JobId("none-yet") : jobs.get(number % jobs.size());
    }

    StyleId style(int number) {
        int size = records.styles().size();
        return new StyleId(size == 0 ? 1 : size - number % size);
    }

    /** Returns a style model: for a small number one that fits, if there is any. */
    private StyleId style(int number, Predicate<StyleModel> fits) {
        List<StyleId> fitting = number >= FITTING
                ? List.of()
                : records.styles().stream().filter(fits).map(StyleModel::id).toList();
        return fitting.isEmpty() ? style(number) : fitting.reversed().get(number % fitting.size());
    }

    private StyleId sealedStyle(int number) {
        return style(number, style -> style.manifest().sealed());
    }

    private StyleId pooledStyle(int number) {
        return style(number, style -> style.contributors().isPresent());
    }

    private RoundId round(int number) {
        int size = records.rounds().size();
        return new RoundId(size == 0 ? 1 : size - number % size);
    }

    private ChannelId channel(int number) {
        return channels.isEmpty() ? new ChannelId("none-yet") : channels.get(number % channels.size());
    }

    /** Returns who contributed to a model, as far as this run knows it. */
    List<Contribution> contributors(StyleId style) {
        return records.style(style)
                .flatMap(StyleModel::contributors)
                .map(ContributorsRoot::root)
                .map(contributors::get)
                .orElse(List.of());
    }

    /** Makes an operation definite; throws a {@link io.dreamprotocol.core.error.DreamException} if it cannot even be said. */
    Operation resolve(Step.Operation operation) {
        return switch (operation) {
            case Step.Deposit deposit -> (ledger, by, key) -> ledger.deposit(by, deposit.amount(), key);
            case Step.Withdraw withdraw -> (ledger, by, key) -> ledger.withdraw(by, withdraw.amount(), key);
            case Step.Submit submit -> {
                JobSubmission submission = new JobSubmission(
                        LedgerFixture.cid("request"),
                        LedgerFixture.MODEL,
                        new Work(PIXELS_PER_STEP, submit.steps()),
                        submit.maximumFee(),
                        fixture.clock.instant().plus(submit.time()),
                        distinct(submit.styles()).entrySet().stream()
                                .map(use -> new StyleShare(use.getKey(), use.getValue()))
                                .toList(),
                        submit.maximumRoyalties());
                yield (ledger, by, key) -> ledger.submit(by, submission, key);
            }
            case Step.Claim claim -> {
                JobId job = job(claim.job(), JobState.OPEN);
                yield (ledger, by, key) -> ledger.exchange().claim(by, job, claim.ask(), claim.lease(), key);
            }
            case Step.Deliver deliver -> {
                JobId job = job(deliver.job(), JobState.CLAIMED);
                yield (ledger, by, key) -> ledger.deliver(by, job, LedgerFixture.DELIVERY, key);
            }
            case Step.Settle settle -> {
                JobId job = job(settle.job(), JobState.SUBMITTED);
                yield (ledger, by, key) -> ledger.settle(by, job, key);
            }
            case Step.Cancel cancel -> {
                JobId job = job(cancel.job());
                yield (ledger, by, key) -> ledger.cancel(by, job, key);
            }
            case Step.Abandon abandon -> {
                JobId job = job(abandon.job(), JobState.CLAIMED);
                JobFailure failure = new JobFailure(ErrorCode.ENGINE_FAILED, "No luck", abandon.permanent());
                yield (ledger, by, key) -> ledger.exchange().abandon(by, job, failure, key);
            }
            case Step.RegisterWorker register -> {
                WorkerProfile profile = new WorkerProfile(Set.of(), register.memory(), Optional.empty());
                yield (ledger, by, key) -> ledger.exchange().register(by, profile, register.stake(), key);
            }
            case Step.Leave leave -> (ledger, by, key) -> ledger.exchange().leave(by, key);
            case Step.RegisterStyle register -> {
                StyleRegistration registration = registration(register);
                yield (ledger, by, key) -> ledger.styles().register(by, registration, register.maximumCost(), key);
            }
            case Step.Transfer transfer -> {
                StyleId style = style(transfer.style());
                AccountId to = account(transfer.to()).account();
                yield (ledger, by, key) -> ledger.styles().transfer(by, style, to, key);
            }
            case Step.Approve approve -> {
                StyleId style = style(approve.style());
                Optional<AccountId> spender =
                        approve.spender().map(this::account).map(Signer::account);
                yield (ledger, by, key) -> ledger.styles().approve(by, style, spender, key);
            }
            case Step.ApproveAll approve -> {
                AccountId operator = account(approve.operator()).account();
                yield (ledger, by, key) -> {
                    ledger.styles().approveAll(by, operator, approve.approved(), key);
                    return approve.approved();
                };
            }
            case Step.ChangeTerms change -> {
                StyleId style = style(change.style());
                yield (ledger, by, key) -> ledger.styles().changeTerms(by, style, change.terms(), key);
            }
            case Step.BuyLicence buy -> {
                StyleId style = sealedStyle(buy.style());
                Bytes publicKey = Bytes.of(new byte[buy.keyBytes()]);
                yield (ledger, by, key) -> ledger.styles().buyLicence(by, style, publicKey, buy.maximumPrice(), key);
            }
            case Step.WithdrawLicence withdraw -> {
                StyleId style = sealedStyle(withdraw.style());
                yield (ledger, by, key) -> ledger.styles().withdrawLicence(by, style, key);
            }
            case Step.GrantLicence grant -> grant(grant);
            case Step.RevokeLicence revoke -> {
                StyleId style = sealedStyle(revoke.style());
                AccountId holder = licensee(style, Licence.State.GRANTED, revoke.holder());
                yield (ledger, by, key) -> ledger.styles().revokeLicence(by, style, holder, key);
            }
            case Step.ClaimPool claim -> claimPool(claim);
            case Step.OpenChannel open -> {
                AccountId payee = account(open.payee()).account();
                yield (ledger, by, key) -> ledger.channels().open(by, payee, open.deposit(), key);
            }
            case Step.Raise raise -> {
                ChannelId channel = channel(raise.channel());
                yield (ledger, by, key) -> ledger.channels().raise(by, channel, raise.amount(), key);
            }
            case Step.Redeem redeem -> {
                SignedVoucher voucher = voucher(redeem);
                yield (ledger, by, key) -> ledger.channels().redeem(by, voucher, key);
            }
            case Step.CloseChannel close -> {
                ChannelId channel = channel(close.channel());
                yield (ledger, by, key) -> ledger.channels().close(by, channel, key);
            }
            case Step.SettleEpoch settle -> settleEpoch(settle);
            case Step.ClaimLine claim -> claimLine(claim);
            case Step.StartRound start -> {
                RoundTerms terms = new RoundTerms(
                        "A round",
                        style(start.base()),
                        start.baseParts(),
                        start.goal(),
                        fixture.clock.instant().plus(start.time()),
                        start.organiser(),
                        Share.WHOLE - start.organiser() - start.images(),
                        start.images() / 2,
                        start.images() - start.images() / 2);
                yield (ledger, by, key) -> ledger.rounds().start(by, terms, key);
            }
            case Step.PledgeTo pledge -> {
                RoundId round = round(pledge.round());
                Optional<Bytes> evidence = pledge.kind() == Pledge.Kind.IMAGES
                        ? Optional.of(SampleStyles.digest("images"))
                        : Optional.empty();
                yield (ledger, by, key) ->
                        ledger.rounds().pledge(by, round, pledge.kind(), pledge.quantity(), evidence, key);
            }
            case Step.Accept accept -> {
                RoundId round = round(accept.round());
                AccountId pledger = pledger(round, accept);
                yield (ledger, by, key) -> ledger.rounds().accept(by, round, pledger, accept.kind(), key);
            }
            case Step.Conclude conclude -> {
                RoundId round = round(conclude.round());
                StyleRegistration registration = registration(round, conclude);
                yield (ledger, by, key) -> ledger.rounds().conclude(by, round, registration, key);
            }
            case Step.Refund refund -> {
                RoundId round = round(refund.round());
                yield (ledger, by, key) -> ledger.rounds().refund(by, round, key);
            }
        };
    }

    private StyleRegistration registration(Step.RegisterStyle step) {
        int whole = Share.WHOLE - step.contributors();
        List<Share> coOwners = IntStream.range(0, whole < 100 ? 0 : step.coOwners())
                .mapToObj(number -> new Share(account(number).account(), whole / 8 + 1))
                .toList();
        int owner = whole - coOwners.stream().mapToInt(Share::parts).sum();
        Optional<ContributorsRoot> root =
                step.contributors() == 0 ? Optional.empty() : Optional.of(root(weights(step.heavyWeights())));
        return new StyleRegistration(
                SampleStyles.manifest("style-" + step.name(), "file-" + step.file(), step.sealed()),
                step.terms(),
                new SplitTable(owner, coOwners, step.contributors()),
                distinct(step.parents()).entrySet().stream()
                        .map(use -> new Parent(use.getKey(), use.getValue()))
                        .toList(),
                root);
    }

    private Map<StyleId, Integer> distinct(List<Step.Use> uses) {
        Map<StyleId, Integer> distinct = new LinkedHashMap<>();
        uses.forEach(use -> distinct.put(style(use.style()), use.parts()));
        return distinct;
    }

    private List<Contribution> weights(boolean heavy) {
        return IntStream.range(0, accounts.size())
                .mapToObj(number ->
                        new Contribution(accounts.get(number).account(), heavy ? (1L << 60) - number : number + 1))
                .toList();
    }

    private ContributorsRoot root(List<Contribution> contributions) {
        ContributorsRoot root = SampleStyles.root(contributions);
        contributors.put(root.root(), contributions);
        return root;
    }

    private Operation grant(Step.GrantLicence step) {
        StyleId style = sealedStyle(step.style());
        AccountId holder = licensee(style, Licence.State.PENDING, step.holder());
        Bytes publicKey = step.toAnotherKey() ? SampleStyles.digest("another") : Bytes.of(new byte[32]);
        Bytes wrapped = Bytes.of(new byte[80]);
        return (ledger, by, key) ->
                ledger.styles().grantLicence(by, style, holder, publicKey, wrapped, step.time(), key);
    }

    /** Returns an account with a licence in a state, or any one if there is none. */
    private AccountId licensee(StyleId style, Licence.State state, int number) {
        List<AccountId> fitting = records.licences(style).stream()
                .filter(licence -> licence.state() == state)
                .map(Licence::holder)
                .toList();
        return fitting.isEmpty() ? account(number).account() : fitting.get(number % fitting.size());
    }

    private Operation claimPool(Step.ClaimPool step) {
        StyleId style = pooledStyle(step.style());
        List<Contribution> all = contributors(style).isEmpty() ? weights(false) : contributors(style);
        Contribution own = all.get(step.contributor() % all.size());
        int place = all.indexOf(own) + (step.twist() == Step.Twist.FOREIGN ? 1 : 0);
        MerkleProof proof = SampleStyles.tree(all).proof(place % all.size());
        long weight = own.weight() + (step.twist() == Step.Twist.CHANGED ? 1 : 0);
        return (ledger, by, key) -> ledger.styles().claim(by, style, weight, proof, key);
    }

    private SignedVoucher voucher(Step.Redeem step) {
        ChannelId channel = channel(step.channel());
        Amount before = records.channel(channel)
                .map(Channel::paid)
                .filter(paid -> step.onTop())
                .orElse(Amount.ZERO);
        Amount sum = before.plus(step.amount());
        String ledger =
                step.twist() == Step.Twist.FOREIGN ? "another" : records.info().id();
        SignedVoucher signed = SignedVoucher.sign(new Voucher(ledger, channel, sum), payer(step.channel()));
        return step.twist() == Step.Twist.CHANGED
                ? new SignedVoucher(new Voucher(ledger, channel, sum.plus(Amount.of(1))), signed.signature())
                : signed;
    }

    private Operation settleEpoch(Step.SettleEpoch step) {
        List<EpochLine> owed = step.lines().stream().map(this::line).toList();
        linesOfNext = Optional.of(owed);
        Amount sum = owed.stream()
                .filter(line -> line.channel().isEmpty())
                .map(EpochLine::amount)
                .reduce(Amount.ZERO, Amount::plus);
        Amount total = step.honest() || sum.isZero() ? sum : sum.minus(Amount.of(1));
        Bytes root = tree(owed).root();
        return (ledger, by, key) ->
                ledger.channels().settle(by, root, owed.size(), total, LedgerFixture.cid("lines"), key);
    }

    private EpochLine line(Step.Line line) {
        Optional<ChannelId> channel =
                line.channel().filter(number -> !channels.isEmpty()).map(this::channel);
        AccountId to = channel.isPresent()
                ? payee(line.channel().orElseThrow()).account()
                : account(line.to()).account();
        return new EpochLine(to, line.amount(), channel);
    }

    private static MerkleTree tree(List<EpochLine> lines) {
        MerkleTree.Builder builder = MerkleTree.builder();
        lines.forEach(line -> builder.add(line.encode()));
        return builder.build();
    }

    private Operation claimLine(Step.ClaimLine step) {
        EpochId epoch = epochs.isEmpty() ? new EpochId("none-yet") : epochs.get(step.epoch() % epochs.size());
        List<EpochLine> all = lines.getOrDefault(
                epoch, List.of(new EpochLine(fixture.worker.account(), Amount.of(1), Optional.empty())));
        EpochLine line = all.get(step.line() % all.size());
        int place = step.line() + (step.twist() == Step.Twist.FOREIGN ? 1 : 0);
        MerkleProof proof = tree(all).proof(place % all.size());
        EpochLine claimed = step.twist() == Step.Twist.CHANGED
                ? new EpochLine(account(step.line()).account(), Amount.of(77), line.channel())
                : line;
        return (ledger, by, key) -> ledger.channels().claim(by, epoch, claimed, proof, key);
    }

    private AccountId pledger(RoundId round, Step.Accept step) {
        List<AccountId> fitting = records.pledges(round).stream()
                .filter(pledge -> pledge.kind() == step.kind())
                .map(Pledge::account)
                .toList();
        return fitting.isEmpty() ? account(step.pledger()).account() : fitting.get(step.pledger() % fitting.size());
    }

    private StyleRegistration registration(RoundId id, Step.Conclude step) {
        Optional<Round> round = records.round(id);
        List<Contribution> due = round.map(open -> RoundRules.contributions(open.terms(), records.pledges(id)))
                .filter(contributions -> !contributions.isEmpty() && step.twist() != Step.Twist.FOREIGN)
                .orElse(weights(true));
        SplitTable split = round.map(open -> RoundRules.split(open.terms()))
                .filter(table -> step.twist() != Step.Twist.CHANGED)
                .orElse(new SplitTable(1, List.of(), Share.WHOLE - 1));
        List<Parent> parents = round.map(open ->
                        List.of(new Parent(open.terms().base(), open.terms().baseParts())))
                .orElse(List.of());
        return new StyleRegistration(
                SampleStyles.manifest("style-" + step.name(), "file-" + step.file(), false),
                SampleStyles.terms(3, 0, 1),
                split,
                parents,
                Optional.of(root(due)));
    }
}
