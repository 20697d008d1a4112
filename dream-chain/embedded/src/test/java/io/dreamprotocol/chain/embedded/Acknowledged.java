package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.channel.EpochLine;
import io.dreamprotocol.core.channel.SignedVoucher;
import io.dreamprotocol.core.channel.Voucher;
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
import io.dreamprotocol.core.ledger.StyleShare;
import io.dreamprotocol.core.ledger.WorkerProfile;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.round.RoundTerms;
import io.dreamprotocol.core.rules.RoundRules;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleRegistration;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    /** The accounts that act, which also contributed to every style model. */
    static final List<KnownSigner> SIGNERS = KnownSigner.first(3);

    static final List<AccountId> ACCOUNTS =
            SIGNERS.stream().map(KnownSigner::account).toList();

    private static final Delivery DELIVERY = new Delivery(SampleMarket.cid("image"), SampleMarket.cid("receipt"));
    private static final ModelId MODEL = new ModelId("dream-mini", Bytes.sha256(new byte[0]));
    private static final Bytes PUBLIC_KEY = SampleMarket.digest("a worker's key");
    private static final int WHOLE = 10_000;

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
        return answered(answerOf(ledger));
    }

    Acknowledged answered(Object answer) {
        return new Acknowledged(account, key, operation, arguments, digest(answer));
    }

    Object answerOf(Ledger ledger) {
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
            case "register-worker" -> {
                WorkerProfile profile = new WorkerProfile(Set.of(), 1, Optional.empty());
                yield ledger.exchange().register(by, profile, amount(0), name);
            }
            case "leave" -> ledger.exchange().leave(by, name);
            case "register" -> ledger.styles().register(by, registration(), Amount.of(1000), name);
            case "transfer" -> ledger.styles().transfer(by, style(0), new AccountId(arguments.get(1)), name);
            case "terms" -> ledger.styles().changeTerms(by, style(0), SampleMarket.terms(number(1)), name);
            case "buy-licence" -> ledger.styles().buyLicence(by, style(0), PUBLIC_KEY, amount(1), name);
            case "withdraw-licence" -> ledger.styles().withdrawLicence(by, style(0), name);
            case "grant-licence" ->
                ledger.styles()
                        .grantLicence(
                                by,
                                style(0),
                                new AccountId(arguments.get(1)),
                                PUBLIC_KEY,
                                Bytes.of(new byte[] {1}),
                                Optional.empty(),
                                name);
            case "claim-pool" -> {
                int place = ACCOUNTS.indexOf(by.account());
                yield ledger.styles()
                        .claim(
                                by,
                                style(0),
                                place + 1,
                                SampleMarket.tree(ACCOUNTS).proof(place),
                                name);
            }
            case "open-channel" -> ledger.channels().open(by, new AccountId(arguments.get(0)), amount(1), name);
            case "redeem" -> ledger.channels().redeem(by, voucher(ledger), name);
            case "close-channel" -> ledger.channels().close(by, new ChannelId(arguments.getFirst()), name);
            case "settle-epoch" ->
                ledger.channels()
                        .settle(
                                by,
                                tree(epochLines(0)).root(),
                                ACCOUNTS.size(),
                                amount(ACCOUNTS.size()),
                                SampleMarket.cid("list"),
                                name);
            case "claim-epoch" -> {
                List<EpochLine> lines = epochLines(2);
                int place = (int) number(1);
                yield ledger.channels()
                        .claim(
                                by,
                                new EpochId(arguments.getFirst()),
                                lines.get(place),
                                tree(lines).proof(place),
                                name);
            }
            case "start-round" -> ledger.rounds().start(by, terms(), name);
            case "pledge" ->
                ledger.rounds()
                        .pledge(
                                by,
                                new RoundId(number(0)),
                                Pledge.Kind.MONEY,
                                BigInteger.valueOf(number(1)),
                                Optional.empty(),
                                name);
            case "conclude-round" ->
                ledger.rounds().conclude(by, new RoundId(number(0)), registrationOfRound(ledger), name);
            case "refund-round" -> ledger.rounds().refund(by, new RoundId(number(0)), name);
            default -> throw new IllegalArgumentException(operation);
        };
    }

    private JobSubmission submission() {
        List<StyleShare> styles = number(2) == 0 ? List.of() : List.of(new StyleShare(style(2), WHOLE));
        return new JobSubmission(
                SampleMarket.cid("request"),
                MODEL,
                new Work(1_000_000, 4),
                amount(0),
                Instant.ofEpochMilli(number(1)),
                styles,
                amount(0));
    }

    private StyleRegistration registration() {
        StyleManifest manifest = SampleMarket.manifest(arguments.get(0), "A style", number(1) == 1);
        List<Parent> parents = number(3) == 0 ? List.of() : List.of(new Parent(style(3), 1000));
        return SampleMarket.registration(manifest, number(2), parents, ACCOUNTS);
    }

    private SignedVoucher voucher(Ledger ledger) {
        Channel channel =
                ledger.channels().find(new ChannelId(arguments.getFirst())).orElseThrow();
        KnownSigner payer = SIGNERS.get(ACCOUNTS.indexOf(channel.payer()));
        return SignedVoucher.sign(new Voucher(ledger.info().id(), channel.id(), amount(1)), payer);
    }

    /** Returns the lines of an epoch: one for each account, whose amounts are arguments. */
    private List<EpochLine> epochLines(int first) {
        List<EpochLine> lines = new ArrayList<>();
        for (int i = 0; i < ACCOUNTS.size(); i++) {
            lines.add(new EpochLine(ACCOUNTS.get(i), amount(first + i), Optional.empty()));
        }
        return lines;
    }

    private static MerkleTree tree(List<EpochLine> lines) {
        MerkleTree.Builder tree = MerkleTree.builder();
        lines.forEach(line -> tree.add(line.encode()));
        return tree.build();
    }

    private RoundTerms terms() {
        return new RoundTerms(
                "A round", style(0), 1000, Amount.of(5), Instant.ofEpochMilli(number(1)), 5000, 5000, 0, 0);
    }

    /** Returns the model that follows from a round's pledges, which stay as they are once it is concluded. */
    private StyleRegistration registrationOfRound(Ledger ledger) {
        Round round = ledger.rounds().find(new RoundId(number(0))).orElseThrow();
        List<Contribution> contributions =
                RoundRules.contributions(round.terms(), ledger.rounds().pledges(round.id()));
        return new StyleRegistration(
                SampleMarket.manifest("of-round-" + round.id(), "A style", false),
                SampleMarket.terms(1),
                RoundRules.split(round.terms()),
                List.of(new Parent(round.terms().base(), round.terms().baseParts())),
                Optional.of(RoundRules.root(contributions)));
    }

    private JobId job() {
        return new JobId(arguments.getFirst());
    }

    private StyleId style(int index) {
        return new StyleId(number(index));
    }

    private Amount amount(int index) {
        return Amount.of(number(index));
    }

    private long number(int index) {
        return Long.parseLong(arguments.get(index));
    }

    private static String digest(Object answer) {
        // The text of a job has a set, whose order differs between processes.
        byte[] bytes = answer instanceof Job job
                ? JobForm.encode(job)
                : answer.toString().getBytes(StandardCharsets.UTF_8);
        return Bytes.sha256(bytes).toHex();
    }
}
