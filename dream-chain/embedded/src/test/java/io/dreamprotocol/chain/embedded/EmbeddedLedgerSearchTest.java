package io.dreamprotocol.chain.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.rules.SearchRules;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import io.dreamprotocol.core.style.StyleQuery.Order;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import io.dreamprotocol.core.style.StyleUsage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches a library that is large enough for both ways of searching, and compares with the rules. */
class EmbeddedLedgerSearchTest {
    private static final int MODELS = 4000;
    private static final List<AccountId> OWNERS =
            List.of(new AccountId("ed25519:aa"), new AccountId("ed25519:bb"), new AccountId("ed25519:cc"));
    private static final List<StyleKind> KINDS = List.of(StyleKind.values());
    private static final List<String> ARCHITECTURES = List.of("stable-diffusion-1", "stable-diffusion-xl");
    private static final String[] WORDS = {"Oil", "Öl", "WATERCOLOUR", "ink", "inkwell", "Straße", "油彩", "e\u0301tude"};

    @TempDir
    static Path folder;

    private static EmbeddedLedger ledger;
    private static final List<StyleModel> models = new ArrayList<>();

    @BeforeAll
    static void makeLibrary() {
        ledger = EmbeddedLedger.builder(folder).fast().open();
        Random random = new Random(3);
        for (int i = 0; i < MODELS; i++) {
            StyleManifest manifest = new StyleManifest(
                    "model-" + i,
                    KINDS.get(random.nextInt(100) == 0 ? 3 : random.nextInt(3)),
                    ARCHITECTURES.get(random.nextInt(2)),
                    "A style, " + WORDS[random.nextInt(WORDS.length)] + " and " + WORDS[random.nextInt(WORDS.length)],
                    List.of("trigger" + random.nextInt(50)),
                    List.of("art"),
                    "MIT",
                    List.of(new StyleFile(
                            new ModelFile("a.safetensors", 1, SampleMarket.digest("file " + i)),
                            SampleMarket.cid("file"))),
                    List.of(),
                    false);
            // Prices of one digit up to the most, because they are ordered as numbers, not as text.
            Amount price = random.nextInt(20) == 0 ? Amount.MAX : Amount.of(1L << random.nextInt(40));
            StyleModel model = ledger.styles()
                    .register(
                            new Acknowledged.Account(OWNERS.get(random.nextInt(3))),
                            registration(manifest, price),
                            Amount.ZERO,
                            IdempotencyKey.random());
            models.add(model);
        }
        givePopularity(random);
    }

    private static StyleRegistration registration(StyleManifest manifest, Amount price) {
        return new StyleRegistration(
                manifest, StyleTerms.royalty(price), SplitTable.OWNER_ONLY, List.of(), Optional.empty());
    }

    /** Writes who paid for models as if there had been jobs. */
    private static void givePopularity(Random random) {
        try (Database database = Database.open(folder.resolve("ledger.db"), Duration.ofSeconds(10))) {
            Tables tables = new Tables(database);
            boolean unused = database.write(() -> {
                for (int i = 0; i < MODELS; i += 3) {
                    long payers = random.nextInt(5);
                    models.set(i, models.get(i).withUsage(new StyleUsage(payers, payers, Amount.ZERO, Amount.ZERO)));
                    tables.put(models.get(i));
                }
                return true;
            });
        }
    }

    @AfterAll
    static void close() {
        ledger.close();
    }

    private static StyleQuery query(String words, Order order, int limit) {
        return new StyleQuery(
                words,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                order,
                limit,
                Optional.empty());
    }

    private static List<StyleId> expected(StyleQuery query) {
        return models.stream()
                .filter(model -> SearchRules.matches(query, model))
                .sorted(SearchRules.comparator(query.order()))
                .map(StyleModel::id)
                .limit(query.limit())
                .toList();
    }

    private static List<StyleId> found(StyleQuery query) {
        return ledger.styles().search(query).stream().map(StyleModel::id).toList();
    }

    @ParameterizedTest
    @EnumSource
    void aSearchFindsWhatTheRulesSay(Order order) {
        Random random = new Random(7);
        for (String words : List.of(
                "",
                "style",
                "a s t",
                "model",
                "model-39",
                "OIL",
                "öl",
                "strasse",
                "e\u0301t",
                "étude ink",
                "油",
                "ink trigger1",
                "none")) {
            for (int i = 0; i < 12; i++) {
                StyleQuery query = new StyleQuery(
                        words,
                        random.nextInt(3) == 0 ? Optional.of(KINDS.get(random.nextInt(4))) : Optional.empty(),
                        random.nextInt(3) == 0 ? Optional.of(ARCHITECTURES.get(random.nextInt(2))) : Optional.empty(),
                        random.nextInt(3) == 0 ? Optional.of(Amount.of(1L << random.nextInt(42))) : Optional.empty(),
                        random.nextInt(3) == 0 ? Optional.of(OWNERS.get(random.nextInt(3))) : Optional.empty(),
                        order,
                        1 + random.nextInt(100),
                        Optional.empty());
                assertThat(found(query)).as(query.toString()).isEqualTo(expected(query));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void pagesFollowOneAnother(Order order) {
        for (String words : List.of("", "style", "ink trigger1")) {
            StyleQuery all = query(words, order, 100);
            List<StyleId> expected = models.stream()
                    .filter(model -> SearchRules.matches(all, model))
                    .sorted(SearchRules.comparator(order))
                    .map(StyleModel::id)
                    .toList();
            List<StyleId> paged = new ArrayList<>();
            List<StyleId> page = found(all);
            while (!page.isEmpty()) {
                paged.addAll(page);
                page = found(new StyleQuery(
                        words,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        order,
                        100,
                        Optional.of(page.getLast())));
            }
            assertThat(paged).isEqualTo(expected);
        }
    }

    @Test
    void aPageBehindAnUnknownModelIsRefused() {
        StyleQuery behind = new StyleQuery(
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Order.OLDEST,
                1,
                Optional.of(new StyleId(MODELS + 1)));
        NotFoundException refused = catchThrowableOfType(NotFoundException.class, () -> found(behind));
        assertThat(refused.code()).isEqualTo(ErrorCode.STYLE_NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"",
                "\"\"\"oil\" OR \"ink\"",
                "oil' OR 1=1 --",
                "oil OR none",
                "NOT oil",
                "NEAR(oil ink)",
                "words:oil",
                "-oil",
                "^oil",
                "oil*",
                "o%l",
                "{oil} + (ink)",
                "oil\0ink",
                "\ud800oil",
                "*",
                ")",
                "oil AND",
                "\u202eoil",
                "'; DROP TABLE styles; --"
            })
    void hostileWordsAreWords(String words) {
        for (Order order : Order.values()) {
            StyleQuery query = query(words, order, 10);
            assertThat(found(query)).isEqualTo(expected(query));
        }
    }

    @Test
    void theLongestWordsDoNoHarm() {
        String letters = Stream.iterate('a', letter -> (char) (letter + 1))
                .limit(100)
                .map(String::valueOf)
                .reduce("", (all, letter) -> all + letter + " ");
        for (String words : List.of("x".repeat(200), "o".repeat(199) + "*", letters.substring(0, 200))) {
            for (Order order : Order.values()) {
                assertThat(found(query(words, order, 100))).isEqualTo(expected(query(words, order, 100)));
            }
        }
    }

    @Test
    void aModelKeepsItsPlaceWhenItsPriceChanges() {
        StyleModel dear = models.stream()
                .filter(model -> model.terms().price().equals(Amount.MAX))
                .findFirst()
                .orElseThrow();
        try (EmbeddedLedger another = EmbeddedLedger.builder(folder).fast().open()) {
            StyleModel cheap = another.styles()
                    .changeTerms(
                            new Acknowledged.Account(dear.owner()),
                            dear.id(),
                            StyleTerms.royalty(Amount.ZERO),
                            IdempotencyKey.random());
            assertThat(found(query("", Order.CHEAPEST, 1))).containsExactly(dear.id());
            assertThat(ledger.styles().find(dear.id())).contains(cheap);
            StyleModel again = another.styles()
                    .changeTerms(
                            new Acknowledged.Account(dear.owner()), dear.id(), dear.terms(), IdempotencyKey.random());
            assertThat(again).isEqualTo(dear);
        }
    }
}
