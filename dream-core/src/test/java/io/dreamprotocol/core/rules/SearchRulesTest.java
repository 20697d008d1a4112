package io.dreamprotocol.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import io.dreamprotocol.core.style.StyleQuery.Order;
import io.dreamprotocol.core.style.StyleTerms;
import io.dreamprotocol.core.style.StyleUsage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchRulesTest {
    private static final AccountId OWNER = new AccountId("ed25519:aa");

    private static StyleModel model(long number, long price, long payers) {
        StyleManifest manifest = new StyleManifest(
                "oil-paint_v2.1",
                StyleKind.LORA,
                "stable-diffusion-1",
                "Thick BRUSH strokes in the manner of Jürgen Groß; ΟΔΟΣ, 油彩画",
                List.of("oilpntng style"),
                List.of("Paint", "art"),
                "MIT",
                List.of(new StyleFile(
                        new ModelFile("model.safetensors", 1, Bytes.sha256(new byte[0])),
                        Cid.of(Cid.Codec.RAW, new byte[0]))),
                List.of(),
                false);
        return new StyleModel(
                new StyleId(number),
                OWNER,
                OWNER,
                Optional.empty(),
                manifest,
                StyleTerms.royalty(Amount.of(price)),
                SplitTable.OWNER_ONLY,
                List.of(),
                Optional.empty(),
                0,
                Instant.EPOCH,
                new StyleUsage(payers, payers, Amount.ZERO, Amount.ZERO));
    }

    private static StyleQuery query(String words) {
        return new StyleQuery(
                words,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Order.OLDEST,
                10,
                Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " -.\"'*\0",
                "oil",
                "OIL paint",
                "v2",
                "brush thi",
                "gross",
                "GROSS",
                "jürgen",
                "Ju\u0308RGEN",
                "οδος",
                "οδοσ",
                "οδ",
                "油彩",
                "oilpnt art",
                "ｐａｉｎｔ"
            })
    void aModelIsFoundByTheBeginningsOfItsWords(String words) {
        assertThat(SearchRules.matches(query(words), model(1, 1, 0))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"aint", "oil watercolour", "3", "彩画", "style1", "stable", "safetensors", "MIT"})
    void aModelIsNotFoundByOtherWords(String words) {
        assertThat(SearchRules.matches(query(words), model(1, 1, 0))).isFalse();
    }

    @Test
    void aQueryNarrowsByKindArchitecturePriceAndOwner() {
        StyleModel model = model(1, 5, 0);
        assertThat(Stream.of(
                        new StyleQuery(
                                "",
                                Optional.of(StyleKind.LORA),
                                Optional.of("stable-diffusion-1"),
                                Optional.of(Amount.of(5)),
                                Optional.of(OWNER),
                                Order.OLDEST,
                                1,
                                Optional.empty()),
                        StyleQuery.ALL))
                .allMatch(query -> SearchRules.matches(query, model));
        assertThat(Stream.of(
                        narrowed(
                                Optional.of(StyleKind.CHECKPOINT),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        narrowed(Optional.empty(), Optional.of("flux"), Optional.empty(), Optional.empty()),
                        narrowed(Optional.empty(), Optional.empty(), Optional.of(Amount.of(4)), Optional.empty()),
                        narrowed(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(new AccountId("ed25519:bb")))))
                .noneMatch(query -> SearchRules.matches(query, model));
    }

    private static StyleQuery narrowed(
            Optional<StyleKind> kind,
            Optional<String> architecture,
            Optional<Amount> maximumPrice,
            Optional<AccountId> owner) {
        return new StyleQuery("", kind, architecture, maximumPrice, owner, Order.OLDEST, 1, Optional.empty());
    }

    @ParameterizedTest
    @EnumSource
    void amongEqualsTheOldestComesFirst(Order order) {
        List<Long> expected = switch (order) {
            case OLDEST -> List.of(1L, 2L, 3L, 4L);
            case NEWEST -> List.of(4L, 3L, 2L, 1L);
            case POPULAR -> List.of(3L, 1L, 2L, 4L);
            case CHEAPEST -> List.of(2L, 4L, 1L, 3L);
        };
        assertThat(Stream.of(model(4, 7, 0), model(3, 9, 8), model(2, 7, 1), model(1, 8, 1))
                        .sorted(SearchRules.comparator(order))
                        .map(model -> model.id().number()))
                .isEqualTo(expected);
    }
}
