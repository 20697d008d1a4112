package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.PaymentChannels;
import io.dreamprotocol.core.ledger.Rounds;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.rules.JobRules;
import io.dreamprotocol.core.rules.MoneyRules;
import io.dreamprotocol.core.style.Share;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A ledger in one SQLite file of a data folder, for one machine: no server, and any number of processes at once.
 *
 * <p>Its money is play money, which {@link #deposit} makes. Signers are taken at their word, because whoever can call it can also
 * write the file; signatures matter where others check them, in receipts.
 *
 * <p>Every write is one transaction that is on the disk when the call returns. Of several processes one writes at a time; the
 * others wait up to ten seconds and then get {@code store-locked}. Any call may throw {@code store-full}, {@code store-locked},
 * {@code store-corrupt} or {@code store-failed}.
 */
public final class EmbeddedLedger implements Ledger {
    /** How long after a result only the requester may settle, unless a ledger is made with another window: ten minutes. */
    public static final Duration DEFAULT_SETTLEMENT_WINDOW = Duration.ofMinutes(10);

    /** The longest settlement window: seven days. */
    public static final Duration MAX_SETTLEMENT_WINDOW = Duration.ofDays(7);

    private static final String CURRENCY = "DREAM";
    private static final int DECIMALS = 6;
    private static final int MAX_EVENTS = 10_000;

    private final LedgerSession session;
    private final LedgerInfo info;
    private final EmbeddedExchange exchange;
    private final EmbeddedStyles styles;
    private final EmbeddedChannels channels;
    private final EmbeddedRounds rounds;

    private EmbeddedLedger(LedgerSession session, LedgerInfo info) {
        this.session = session;
        this.info = info;
        this.exchange = new EmbeddedExchange(session);
        this.styles = new EmbeddedStyles(session);
        this.channels = new EmbeddedChannels(session);
        this.rounds = new EmbeddedRounds(session);
    }

    /**
     * Opens the ledger of a data folder, after making it if it is missing.
     *
     * @param folder the data folder
     * @return the ledger
     * @throws DreamException {@code store-read-only}, {@code store-full}, {@code store-locked}, {@code store-failed}, {@code
     *     store-corrupt} if the folder has a damaged ledger or something else in its place
     */
    public static EmbeddedLedger open(Path folder) {
        return builder(folder).open();
    }

    /**
     * Prepares to open the ledger of a data folder with settings of one's own.
     *
     * @param folder the data folder
     * @return the builder
     */
    public static Builder builder(Path folder) {
        return new Builder(folder);
    }

    @Override
    public LedgerInfo info() {
        return info;
    }

    @Override
    public WorkExchange exchange() {
        return exchange;
    }

    @Override
    public StyleRegistry styles() {
        return styles;
    }

    @Override
    public PaymentChannels channels() {
        return channels;
    }

    @Override
    public Rounds rounds() {
        return rounds;
    }

    @Override
    public Balance balance(AccountId account) {
        Objects.requireNonNull(account, "account");
        return session.read((tables, now) -> tables.balance(account));
    }

    @Override
    public Balance deposit(Signer by, Amount amount, IdempotencyKey key) {
        List<Object> operation = List.of("deposit", amount.toString());
        return session.writeOnce(by, key, ResultForm.BALANCE, operation, (tables, now) -> {
            Amount supply = tables.supply();
            Posting posting = MoneyRules.deposit(by.account(), amount, supply);
            tables.setSupply(supply.plus(amount));
            return session.move(posting, LedgerEvent.Kind.DEPOSITED, amount, now);
        });
    }

    @Override
    public Balance withdraw(Signer by, Amount amount, IdempotencyKey key) {
        List<Object> operation = List.of("withdraw", amount.toString());
        return session.writeOnce(by, key, ResultForm.BALANCE, operation, (tables, now) -> {
            Posting posting = MoneyRules.withdraw(by.account(), amount);
            Balance after = session.move(posting, LedgerEvent.Kind.WITHDRAWN, amount, now);
            tables.setSupply(tables.supply().minus(amount));
            return after;
        });
    }

    @Override
    public Job submit(Signer requester, JobSubmission submission, IdempotencyKey key) {
        AccountId account = requester.account();
        return session.changeOnce(
                requester,
                key,
                ResultForm.JOB,
                List.of("submit", JobForm.encode(submission)),
                (view, now) -> JobRules.open(newJob(account, key), account, submission, view, now));
    }

    private JobId newJob(AccountId account, IdempotencyKey key) {
        return new JobId(session.newName(account, key, session::isJob));
    }

    @Override
    public Job deliver(Signer worker, JobId job, Delivery delivery, IdempotencyKey key) {
        List<Object> operation = List.of("deliver", job.value(), JobForm.encode(delivery));
        return session.changeJobOnce(
                worker,
                job,
                key,
                operation,
                (held, view, now) -> JobRules.deliver(held, worker.account(), delivery, now));
    }

    @Override
    public Job settle(Signer by, JobId job, IdempotencyKey key) {
        return session.changeJobOnce(
                by,
                job,
                key,
                List.of("settle", job.value()),
                (submitted, view, now) -> JobRules.settle(submitted, by.account(), view, now));
    }

    @Override
    public Job cancel(Signer requester, JobId job, IdempotencyKey key) {
        return session.changeJobOnce(
                requester,
                job,
                key,
                List.of("cancel", job.value()),
                (current, view, now) -> JobRules.cancel(current, requester.account(), view, now));
    }

    @Override
    public int expire() {
        return session.expire();
    }

    @Override
    public Optional<Job> find(JobId job) {
        Objects.requireNonNull(job, "job");
        return session.read((tables, now) -> tables.job(job));
    }

    @Override
    public List<Job> jobs(JobQuery query) {
        return session.read((tables, now) -> {
            OptionalLong after = OptionalLong.empty();
            if (query.after().isPresent()) {
                JobId last = query.after().get();
                after = tables.place(last);
                if (after.isEmpty()) {
                    throw new NotFoundException(
                            ErrorCode.JOB_NOT_FOUND,
                            "There is no job " + last + " on this ledger to continue behind; list from the start");
                }
            }
            return tables.jobs(query, after);
        });
    }

    @Override
    public EventCursor latest() {
        return session.latest();
    }

    @Override
    public List<LedgerEvent> events(EventCursor after, int limit, Duration wait) throws InterruptedException {
        Objects.requireNonNull(after, "after");
        if (limit < 1 || limit > MAX_EVENTS) {
            throw new IllegalArgumentException("One call returns 1 to " + MAX_EVENTS + " events, not " + limit);
        }
        return session.events(after, limit, wait);
    }

    /**
     * Checks the whole file: that SQLite finds it sound, and that the money and the events add up. Takes time in proportion to the
     * file.
     *
     * @throws CorruptDataException with {@link ErrorCode#STORE_CORRUPT} if something is wrong
     */
    public void check() {
        session.check();
    }

    @Override
    public void close() {
        session.close();
    }

    /** Settings of an embedded ledger. */
    public static final class Builder {
        private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);

        private final Path folder;
        private Optional<Duration> settlementWindow = Optional.empty();
        private OptionalInt protocolShare = OptionalInt.empty();
        private Optional<Amount> minimumStake = Optional.empty();
        private boolean durable = true;
        private InstantSource clock = Clock.systemUTC();
        private Duration busyTimeout = BUSY_TIMEOUT;

        private Builder(Path folder) {
            this.folder = Objects.requireNonNull(folder, "folder");
        }

        /**
         * Sets how long after a result only the requester may settle. A ledger keeps the window that it was made with.
         *
         * @param window the window, from nothing to {@link #MAX_SETTLEMENT_WINDOW}, in whole milliseconds
         * @return this builder
         * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION} if it is out of range
         */
        public Builder settlementWindow(Duration window) {
            if (window.isNegative() || window.compareTo(MAX_SETTLEMENT_WINDOW) > 0) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "A settlement window lasts between nothing and " + MAX_SETTLEMENT_WINDOW.toDays()
                                + " days, not " + window);
            }
            settlementWindow = Optional.of(Duration.ofMillis(window.toMillis()));
            return this;
        }

        /**
         * Sets the protocol's share of every job's work and royalties, which is nothing otherwise. A ledger keeps the share that it was
         * made with.
         *
         * @param parts how many of {@link Share#WHOLE} parts, from none to all
         * @return this builder
         * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION} if it is out of range
         */
        public Builder protocolShare(int parts) {
            if (parts < 0 || parts > Share.WHOLE) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "The protocol's share has 0 to " + Share.WHOLE + " parts, not " + parts);
            }
            protocolShare = OptionalInt.of(parts);
            return this;
        }

        /**
         * Sets what a worker must have at stake to claim jobs, which is nothing otherwise. A ledger keeps the stake that it was made
         * with.
         *
         * @param amount how much
         * @return this builder
         */
        public Builder minimumStake(Amount amount) {
            minimumStake = Optional.of(amount);
            return this;
        }

        /**
         * Sets the clock, which is the system's otherwise.
         *
         * @param source tells the time
         * @return this builder
         */
        public Builder clock(InstantSource source) {
            clock = Objects.requireNonNull(source, "source");
            return this;
        }

        /** Sets how long to wait for another process that writes. */
        Builder busyTimeout(Duration timeout) {
            busyTimeout = timeout;
            return this;
        }

        /** Gives up that a power failure loses nothing, for tests of a great many writes. */
        Builder fast() {
            durable = false;
            return this;
        }

        /**
         * Opens the ledger, after making it if it is missing.
         *
         * @return the ledger
         * @throws DreamException as {@link EmbeddedLedger#open(Path)} does, and {@code invalid-configuration} if the ledger was made
         *     with another settlement window, protocol share or minimum stake
         */
        public EmbeddedLedger open() {
            KeptSettings ofNew = new KeptSettings(
                    settlementWindow.orElse(DEFAULT_SETTLEMENT_WINDOW),
                    protocolShare.orElse(0),
                    minimumStake.orElse(Amount.ZERO));
            Database database = LedgerFile.open(folder, ofNew, busyTimeout);
            try {
                Tables tables = new Tables(database);
                String id = database.direct(tables::ledgerId);
                KeptSettings kept = checked(database.direct(() -> KeptSettings.read(tables)));
                LedgerInfo info = database.direct(() -> tables.stored(() -> new LedgerInfo(
                        "embedded:" + id,
                        CURRENCY,
                        DECIMALS,
                        kept.settlementWindow(),
                        kept.protocolParts(),
                        kept.minimumStake())));
                if (!durable) {
                    database.giveUpDurability();
                }
                return new EmbeddedLedger(new LedgerSession(database, tables, info, new Cursors(id), clock), info);
            } catch (DreamException e) {
                database.close();
                throw e;
            }
        }

        private KeptSettings checked(KeptSettings kept) {
            if (settlementWindow.isPresent() && !settlementWindow.get().equals(kept.settlementWindow())) {
                throw another("a settlement window of " + kept.settlementWindow());
            }
            if (protocolShare.isPresent() && protocolShare.getAsInt() != kept.protocolParts()) {
                throw another("a protocol share of " + kept.protocolParts() + " parts");
            }
            if (minimumStake.isPresent() && !minimumStake.get().equals(kept.minimumStake())) {
                throw another("a minimum stake of " + kept.minimumStake());
            }
            return kept;
        }

        private InvalidInputException another(String setting) {
            return new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The ledger in " + folder + " was made with " + setting + " and keeps it; leave the setting out");
        }
    }
}
