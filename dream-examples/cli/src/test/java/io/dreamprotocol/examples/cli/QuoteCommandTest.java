package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleKind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuoteCommandTest {
    private static final String[] SMALL = {"--steps", "2", "--width", "64", "--height", "64"};

    @TempDir
    Path folder;

    private Market market;

    @BeforeEach
    void register() {
        market = new Market(folder);
        market.register(market.style("gloss"), "--price", "0.2");
    }

    private String[] quote(String prompt, String... more) {
        return Stream.of(new String[] {"quote", prompt}, SMALL, more)
                .flatMap(Stream::of)
                .toArray(String[]::new);
    }

    private void offer(Set<StyleKind> kinds) {
        market.account("second");
        try (Ledger ledger = Backends.openLedger("embedded:" + folder.resolve("data"));
                ImageModel model = Backends.openImageModel("onnx:dream-mini")) {
            KeyFile key = KeyFile.openOrCreate(folder.resolve("data/keys/second.key"));
            ledger.exchange()
                    .announce(
                            key,
                            new WorkerOffer(
                                    key.account(),
                                    Amount.of(500_000),
                                    List.of(model.descriptor()),
                                    kinds,
                                    Instant.now().plusSeconds(600)));
        }
    }

    @Test
    void withoutAWorkerItSaysWhy() {
        assertThat(market.fail(ErrorCode.NO_WORKER.number(), quote("a fox")).err())
                .contains("No worker offers any model");
    }

    @Test
    void everyPartOfThePriceIsNamed() {
        offer(Set.of(StyleKind.LORA));

        DreamRun run = market.run(quote("a fox <lora:gloss:0.8>"));

        assertThat(run.value("work")).isEqualTo("0.008192 DREAM");
        assertThat(run.value("royalty"))
                .isEqualTo("0.00262 DREAM for gloss (1) at 80 % of 0.2 DREAM per megapixel-step");
        assertThat(run.value("total")).isEqualTo("0.010812 DREAM at most");
        assertThat(run.value("waiting")).startsWith("place 1 in the queue");
        assertThat(run.value("worker")).startsWith(market.account("second")).contains("asks 0.5 DREAM");
        assertThat(market.run(quote("a fox", "--lora", "gloss:0.8", "--json")).out())
                .contains("\"royaltyCost\":\"0.00262\"")
                .contains("\"maximumFee\":\"0.010812\"")
                .contains("\"place\":1");
        assertThat(market.run("jobs").err()).contains("There are no jobs yet");
    }

    @Test
    void aWorkerThatCannotDoItIsNamedAsTheReason() {
        offer(Set.of());

        assertThat(market.fail(ErrorCode.NO_WORKER.number(), quote("a fox <lora:gloss:0.8>"))
                        .err())
                .contains("lora");
        market.fail(ErrorCode.INVALID_SIZE.number(), "quote", "a fox", "--width", "63");
        market.fail(ErrorCode.NO_WORKER.number(), quote("a fox", "--model", "sd15"));
    }

    @Test
    void thisMachineHasAPriceToo() {
        DreamRun run = market.run(quote("a fox <lora:gloss:1>", "--here"));

        assertThat(run.value("total")).isEqualTo("0.01966 DREAM at most");
        assertThat(run.value("worker")).startsWith("this machine, which asks 1 DREAM");
    }

    @Test
    void anUnknownStyleIsRefused() {
        assertThat(market.fail(ErrorCode.INVALID_PROMPT.number(), quote("a fox <lora:glos:1>", "--here"))
                        .err())
                .contains("in the library");
        market.fail(ExitStatus.USAGE, quote("a fox", "--lora", "nope"));
        market.fail(ExitStatus.USAGE, "quote");
    }
}
