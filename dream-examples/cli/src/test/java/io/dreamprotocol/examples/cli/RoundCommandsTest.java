package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RoundCommandsTest {
    @TempDir
    Path folder;

    private Market market;

    @BeforeEach
    void start() {
        market = new Market(folder);
        for (String name : new String[] {"requester", "alice", "bob"}) {
            market.run("wallet", "deposit", "100", "--key", name);
        }
        market.register(market.style("gloss"), "--price", "0.2", "--derive-price", "1", "--key", "alice");
        market.run("round", "start", "Fox", "icons", "--base", "gloss", "--goal", "5", "--days", "3");
    }

    private void images(int count) throws IOException {
        Files.createDirectories(folder.resolve("images"));
        for (int i = 0; i < count; i++) {
            Files.writeString(folder.resolve("images/" + i + ".png"), "image " + i);
        }
    }

    @Test
    void pledgesBecomeShares() throws IOException {
        images(3);
        market.run("round", "pledge", "1", "--money", "3", "--key", "bob");
        market.run("round", "pledge", "1", "--money", "3");
        assertThat(market.run("round", "pledge", "1", "--images", "images", "--key", "alice")
                        .out())
                .contains("pledged 3 images to round 1, which count once the organiser accepts them");
        market.run("round", "pledge", "1", "--compute", "500", "--key", "bob");
        market.run("round", "accept", "1", "alice", "images");

        DreamRun shown = market.run("round", "show", "1");

        assertThat(shown.value("round")).startsWith("1, open since ");
        assertThat(shown.value("raised")).startsWith("6 DREAM of 5 DREAM");
        assertThat(shown.out())
                .contains("500 megapixel-steps  not accepted yet")
                .containsPattern("23.33 %\\s+" + market.account("alice"));
        assertThat(market.run("round", "show", "1", "--json").out()).contains("\"perCent\":\"23.33\"");

        DreamRun concluded = market.run(
                "round", "conclude", "1", market.variant("gloss", "foxes").toString(), "--price", "40");
        assertThat(concluded.value("model")).isEqualTo("foxes (2)");
        // 94 left after the pledge, and 6 less 1 for the leave to derive.
        assertThat(market.available("requester").toCoins(6)).isEqualTo("102");
        DreamRun.generate(folder, "a fox <lora:foxes:1>", "--seed", "1");
        // 0.65536 royalty, less 10 % to the parent: 70 % of 0.589824 go to the pool, a third of it to alice.
        assertThat(market.run("claim", "foxes", "--key", "alice", "--json").out())
                .contains("\"now\":\"0.137625\"");
        assertThat(market.run("round", "list").outLines())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("1      concluded  6 DREAM");
        market.fail(ErrorCode.ROUND_STATE_CONFLICT.number(), "round", "refund", "1");
        market.fail(ErrorCode.ROUND_STATE_CONFLICT.number(), "round", "pledge", "1", "--money", "1");
    }

    @Test
    void aRoundThatFailsGivesTheMoneyBack() {
        market.run("round", "pledge", "1", "--money", "3", "--key", "bob");
        assertThat(market.available("bob").toCoins(6)).isEqualTo("97");
        market.fail(
                ErrorCode.ROUND_STATE_CONFLICT.number(),
                "round",
                "conclude",
                "1",
                market.style("noto").toString());
        market.fail(ErrorCode.NOT_PERMITTED.number(), "round", "refund", "1", "--key", "bob");

        assertThat(market.run("round", "refund", "1", "--json").out()).contains("\"state\":\"refunded\"");

        assertThat(market.available("bob").toCoins(6)).isEqualTo("100");
    }

    @Test
    void moreImagesArePledgedWithThoseBefore() throws IOException {
        images(2);
        market.run("round", "pledge", "1", "--images", "images");
        market.fail(ErrorCode.INVALID_REQUEST.number(), "round", "pledge", "1", "--images", "images");
        images(5);

        assertThat(market.run("round", "pledge", "1", "--images", "images").out())
                .contains("pledged 5 images");
    }

    @Test
    void wrongInputIsOneLineAndAStatus() {
        market.fail(ExitStatus.USAGE, "round", "start", "T", "--goal", "5");
        market.fail(ErrorCode.STYLE_NOT_FOUND.number(), "round", "start", "T", "--base", "nope", "--goal", "5");
        market.fail(ErrorCode.INVALID_AMOUNT.number(), "round", "start", "T", "--base", "gloss", "--goal", "0");
        market.fail(
                ErrorCode.INVALID_SHARES.number(),
                "round",
                "start",
                "T",
                "--base",
                "gloss",
                "--goal",
                "5",
                "--organiser",
                "31");
        market.fail(
                ErrorCode.INVALID_REQUEST.number(),
                "round",
                "start",
                "T",
                "--base",
                "gloss",
                "--goal",
                "5",
                "--days",
                "367");
        market.fail(ErrorCode.ROUND_NOT_FOUND.number(), "round", "show", "2");
        market.fail(ErrorCode.INVALID_REQUEST.number(), "round", "show", "one");
        market.fail(ExitStatus.USAGE, "round", "pledge", "1");
        market.fail(ExitStatus.USAGE, "round", "pledge", "1", "--money", "1", "--compute", "1");
        market.fail(ErrorCode.INVALID_REQUEST.number(), "round", "pledge", "1", "--compute", "0");
        market.fail(ErrorCode.INSUFFICIENT_FUNDS.number(), "round", "pledge", "1", "--money", "1000");
        market.fail(ExitStatus.USAGE, "round", "accept", "1", "alice", "money");
        market.fail(ErrorCode.ROUND_STATE_CONFLICT.number(), "round", "accept", "1", "alice", "images");
        market.fail(ErrorCode.NOT_PERMITTED.number(), "round", "accept", "1", "alice", "images", "--key", "bob");
        market.fail(ErrorCode.INVALID_REQUEST.number(), "round", "list", "--limit", "0");
    }
}
