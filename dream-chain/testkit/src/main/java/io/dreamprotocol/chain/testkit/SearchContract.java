package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import io.dreamprotocol.core.style.StyleQuery.Order;
import io.dreamprotocol.core.style.StyleTerms;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Searches of the library. */
interface SearchContract {
    LedgerFixture fixture();

    @Test
    default void wordsOccurInNameDescriptionTriggerWordsAndTags() {
        LedgerFixture f = fixture();
        register(f, "ink-wash", StyleKind.LORA, "Soft grey mountains", List.of("sumi style"), List.of("Painting"), 1);
        register(f, "neon", StyleKind.LORA, "Bright city lights", List.of("neonpunk"), List.of("city"), 1);

        for (String words : List.of(
                "ink", "INK", "wash", "in", "mountains", "mount grey", "sumi", "paint", "  ink,  soft! ", "wash-ink")) {
            assertThat(find(f, words)).as(words).containsExactly("ink-wash");
        }
        assertThat(find(f, "")).containsExactly("ink-wash", "neon");
        for (String words : List.of("nk", "ink city", "mountainside", "grey neon")) {
            assertThat(find(f, words)).as(words).isEmpty();
        }
    }

    @Test
    default void hostileWordsFindNothingAndHarmNothing() {
        LedgerFixture f = fixture();
        register(f, "ink", StyleKind.LORA, "A style", List.of(), List.of(), 1);

        for (String words : List.of(
                "'; DROP TABLE style; --",
                "\"ink",
                "ink OR neon",
                "ink AND",
                "NOT ink NEAR(a b)",
                "name:ink",
                "ink* x",
                "%",
                "_",
                "\\",
                "(ink",
                "^ink",
                "{a b} : c",
                "-ink -",
                "\u0000ink",
                "\uD83D\uDE00 \uD800",
                "x".repeat(StyleQuery.MAX_WORDS),
                "a ".repeat(StyleQuery.MAX_WORDS / 2))) {
            List<String> found = find(f, words);
            assertThat(found).as(words).isSubsetOf("ink");
        }
        assertThat(find(f, "ink OR neon")).isEmpty();
        assertThat(find(f, "\"ink\"")).containsExactly("ink");
        assertThat(find(f, "ink")).containsExactly("ink");
    }

    @Test
    default void kindArchitecturePriceAndOwnerNarrowTheSearch() {
        LedgerFixture f = fixture();
        register(f, "a", StyleKind.LORA, "", List.of(), List.of(), 1);
        register(f, "b", StyleKind.CHECKPOINT, "", List.of(), List.of(), 5);
        StyleModel third = register(f, "c", StyleKind.LORA, "", List.of(), List.of(), 9);
        f.styles().transfer(f.other, third.id(), f.worker.account(), key());

        assertThat(names(f, query("", Optional.of(StyleKind.LORA), none(), none(), none())))
                .containsExactly("a", "c");
        assertThat(names(f, query("", none(), Optional.of(SampleStyles.ARCHITECTURE), none(), none())))
                .containsExactly("a", "b", "c");
        assertThat(names(f, query("", none(), Optional.of("stable-diffusion-xl"), none(), none())))
                .isEmpty();
        assertThat(names(f, query("", none(), none(), Optional.of(Amount.of(5)), none())))
                .containsExactly("a", "b");
        assertThat(names(f, query("", none(), none(), Optional.of(Amount.ZERO), none())))
                .isEmpty();
        assertThat(names(f, query("", none(), none(), Optional.of(Amount.MAX), none())))
                .hasSize(3);
        assertThat(names(f, query("", none(), none(), none(), Optional.of(f.worker.account()))))
                .containsExactly("c");
        assertThat(names(
                        f,
                        query(
                                "a",
                                Optional.of(StyleKind.LORA),
                                Optional.of(SampleStyles.ARCHITECTURE),
                                Optional.of(Amount.of(5)),
                                Optional.of(f.other.account()))))
                .containsExactly("a");
    }

    @Test
    default void anyOrderCanBeAskedFor() {
        LedgerFixture f = fixture();
        f.fundRequester();
        for (String name : List.of("a", "b", "c", "d")) {
            register(f, name, StyleKind.LORA, "", List.of(), List.of(), "abcd".indexOf(name) % 2 == 0 ? 7 : 3);
        }
        use(f, new StyleId(3));

        assertThat(ordered(f, Order.OLDEST)).containsExactly("a", "b", "c", "d");
        assertThat(ordered(f, Order.NEWEST)).containsExactly("d", "c", "b", "a");
        assertThat(ordered(f, Order.CHEAPEST)).containsExactly("b", "d", "a", "c");
        assertThat(ordered(f, Order.POPULAR)).containsExactly("c", "a", "b", "d");
        f.styles().changeTerms(f.other, new StyleId(4), SampleStyles.terms(8, 0, 0), key());
        assertThat(ordered(f, Order.CHEAPEST)).containsExactly("b", "a", "c", "d");
    }

    @Test
    default void theLargestPricesAreOrderedAsNumbers() {
        LedgerFixture f = fixture();
        for (String price : List.of("9", "10", "100000000000000000000", "99999999999999999999")) {
            StyleModel model = register(f, "p" + price, StyleKind.LORA, "", List.of(), List.of(), 0);
            f.styles().changeTerms(f.other, model.id(), StyleTerms.royalty(new Amount(new BigInteger(price))), key());
        }

        assertThat(ordered(f, Order.CHEAPEST))
                .containsExactly("p9", "p10", "p99999999999999999999", "p100000000000000000000");
        assertThat(names(f, query("", none(), none(), Optional.of(Amount.of(10)), none())))
                .containsExactly("p9", "p10");
    }

    @Test
    default void pagesOfModelsFollowOneAnotherInEveryOrder() {
        LedgerFixture f = fixture();
        for (int number = 0; number < 11; number++) {
            register(f, "m" + number, StyleKind.LORA, "", List.of(), List.of(), number % 3);
        }

        for (Order order : Order.values()) {
            List<StyleModel> all = f.styles().search(page(order, 100, Optional.empty()));
            List<StyleModel> paged = new ArrayList<>();
            List<StyleModel> next = f.styles().search(page(order, 4, Optional.empty()));
            while (!next.isEmpty()) {
                paged.addAll(next);
                next = f.styles()
                        .search(page(order, 4, Optional.of(next.getLast().id())));
            }
            assertThat(paged).as("%s", order).isEqualTo(all).hasSize(11);
        }
        f.assertRefused(
                ErrorCode.STYLE_NOT_FOUND,
                () -> f.styles().search(page(Order.OLDEST, 4, Optional.of(new StyleId(99)))));
    }

    private static StyleModel register(
            LedgerFixture f,
            String name,
            StyleKind kind,
            String description,
            List<String> triggerWords,
            List<String> tags,
            long price) {
        return f.register(SampleStyles.registration(
                SampleStyles.manifest(name, name, kind, description, triggerWords, tags, false),
                SampleStyles.terms(price, 0, 0)));
    }

    private static void use(LedgerFixture f, StyleId style) {
        var job = f.ledger().submit(f.requester, RoyaltyContract.submission(f, 1000, style), key());
        f.exchange().claim(f.worker, job.id(), LedgerFixture.ASK, LedgerFixture.LEASE, key());
        f.ledger().deliver(f.worker, job.id(), LedgerFixture.DELIVERY, key());
        f.ledger().settle(f.requester, job.id(), key());
    }

    private static <T> Optional<T> none() {
        return Optional.empty();
    }

    private static StyleQuery query(
            String words,
            Optional<StyleKind> kind,
            Optional<String> architecture,
            Optional<Amount> maximumPrice,
            Optional<AccountId> owner) {
        return new StyleQuery(words, kind, architecture, maximumPrice, owner, Order.OLDEST, 100, Optional.empty());
    }

    private static StyleQuery page(Order order, int limit, Optional<StyleId> after) {
        return new StyleQuery("", none(), none(), none(), none(), order, limit, after);
    }

    private static List<String> find(LedgerFixture f, String words) {
        return names(f, query(words, none(), none(), none(), none()));
    }

    private static List<String> ordered(LedgerFixture f, Order order) {
        return names(f, page(order, 100, Optional.empty()));
    }

    private static List<String> names(LedgerFixture f, StyleQuery query) {
        return f.styles().search(query).stream()
                .map(model -> model.manifest().name())
                .toList();
    }
}
