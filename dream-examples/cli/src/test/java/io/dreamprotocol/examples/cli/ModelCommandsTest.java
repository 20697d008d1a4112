package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ModelCommandsTest {
    @TempDir
    Path folder;

    private Market market;

    @BeforeEach
    void open() {
        market = new Market(folder);
    }

    private Path people() throws IOException {
        Path file = folder.resolve("people.csv");
        Files.writeString(
                file, "account,weight\n" + market.account("alice") + ",600\n" + market.account("bob") + ",400\n");
        return file;
    }

    @Test
    void aFileTellsWhatIsRegistered() {
        DreamRun run = market.register(market.style("gloss"), "--price", "0.2");

        assertThat(run.value("model")).isEqualTo("gloss, number 1");
        assertThat(run.value("kind")).isEqualTo("lora for dream-mini");
        assertThat(run.value("trigger")).isEqualTo("gloss style");
        assertThat(run.value("licence")).isEqualTo("MIT");
        assertThat(run.value("price")).isEqualTo("0.2 DREAM per megapixel-step at full weight");
        assertThat(run.value("split")).isEqualTo("100 % owner");
        assertThat(run.value("derive")).isEqualTo("not allowed");
    }

    @Test
    void theOptionsSayMoreThanTheFile() {
        DreamRun run = market.register(
                market.style("gloss"),
                "--name",
                "shiny",
                "--base",
                "stable-diffusion-1",
                "--description",
                "Glossy icons",
                "--trigger",
                "shiny",
                "--tag",
                "icons",
                "--licence",
                "CC-BY-4.0",
                "--derive-price",
                "3",
                "--split",
                "owner=70,worker=1250p,contributors=17.5",
                "--contributors",
                contributors());

        assertThat(run.value("model")).isEqualTo("shiny, number 1");
        assertThat(run.value("kind")).isEqualTo("lora for stable-diffusion-1");
        assertThat(run.value("about")).isEqualTo("Glossy icons");
        assertThat(run.value("trigger")).isEqualTo("shiny");
        assertThat(run.value("tags")).isEqualTo("icons");
        assertThat(run.value("licence")).isEqualTo("CC-BY-4.0");
        assertThat(run.value("derive")).isEqualTo("allowed for 3 DREAM");
        assertThat(run.out()).contains("70 % owner").contains("12.5 % ed25519:").contains("17.5 % contributors");
        assertThat(run.value("people")).isEqualTo("2 contributors, total weight 1000");
    }

    private String contributors() {
        market.account("worker");
        try {
            return people().toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void previewsAreMadeByTheModelItself() {
        DreamRun run = market.register(market.style("gloss"), "--preview", "2");

        List<String> previews = run.outLines().stream()
                .filter(line -> line.startsWith("preview "))
                .map(line -> line.substring("preview ".length()).strip())
                .toList();
        assertThat(previews).hasSize(2).doesNotHaveDuplicates();
        market.run("get", previews.getFirst(), "--out", "preview.png");
        assertThat(folder.resolve("preview.png")).isNotEmptyFile();
        assertThat(market.run("model", "show", "gloss", "--metadata").out())
                .contains("ipfs://" + previews.getFirst())
                .contains("\"attributes\"");
    }

    @Test
    void theSameFileIsRegisteredOnce() throws IOException {
        market.register(market.style("gloss"));
        market.account("bob");

        market.fail(
                ErrorCode.STYLE_EXISTS.number(),
                "model",
                "register",
                market.style("gloss").toString());
        market.fail(
                ErrorCode.STYLE_EXISTS.number(),
                "model",
                "register",
                market.style("gloss").toString(),
                "--name",
                "mine",
                "--key",
                "bob");
        market.fail(
                ErrorCode.STYLE_EXISTS.number(),
                "model",
                "register",
                market.variant("gloss", "other").toString(),
                "--name",
                "gloss");
    }

    @Test
    void theLibraryIsSearchedByWordsAndFacts() {
        market.register(market.style("gloss"), "--price", "0.2", "--description", "Glossy icons of animals");
        market.register(market.style("noto"), "--price", "0.1", "--tag", "flat", "--key", "bob");

        assertThat(market.run("model", "search", "anim").outLines())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("1 ");
        assertThat(market.run("model", "search", "flat", "NOTO").outLines()).hasSize(2);
        assertThat(market.run("model", "search", "nothing").err()).contains("No style model was found");
        assertThat(names("model", "list", "--sort", "cheapest")).containsExactly("noto", "gloss");
        assertThat(names("model", "list", "--sort", "oldest")).containsExactly("gloss", "noto");
        assertThat(names("model", "list", "--max-price", "0.15")).containsExactly("noto");
        assertThat(names("model", "list", "--kind", "checkpoint")).isEmpty();
        assertThat(names("model", "list", "--owner", "bob")).containsExactly("noto");
        assertThat(names("model", "list", "--sort", "oldest", "--limit", "1", "--page", "2"))
                .containsExactly("noto");
        assertThat(market.run("model", "list", "--json").out())
                .startsWith("{\"page\":1,\"models\":[{\"number\":")
                .endsWith("]}\n");
    }

    private List<String> names(String... args) {
        return market.run(args).outLines().stream()
                .skip(1)
                .map(line -> line.split(" +", 3)[1])
                .toList();
    }

    @Test
    void namesAndNumbersMeanTheSame() {
        market.register(market.style("gloss"));

        assertThat(market.run("model", "show", "1").out())
                .isEqualTo(market.run("model", "show", "gloss").out());
        assertThat(market.fail(ErrorCode.STYLE_NOT_FOUND.number(), "model", "show", "glos")
                        .err())
                .contains("did you mean gloss?");
        market.fail(ErrorCode.STYLE_NOT_FOUND.number(), "model", "show", "2");
    }

    @Test
    void generatingWithAStyleOfTheLibraryPaysItsPeople() throws IOException {
        market.register(
                market.style("gloss"),
                "--price",
                "0.2",
                "--key",
                "alice",
                "--split",
                "owner=60,contributors=25,bob=15",
                "--contributors",
                people().toString());

        DreamRun tagged = DreamRun.generate(folder, "a fox <lora:gloss:0.8>", "--seed", "3", "--out", "one.png");
        DreamRun option = DreamRun.generate(folder, "a fox", "--lora", "gloss:0.8", "--seed", "3", "--out", "two.png");

        // 64 x 64 x 2 x 2 steps = 0.016384 megapixel-steps; 0.2 of that, and 80 % of it.
        assertThat(tagged.value("cost")).isEqualTo("0.019004 DREAM");
        assertThat(tagged.out()).contains("as owner of gloss").contains("to pool:1 as contributors' pool of gloss");
        assertThat(option.value("cost")).isEqualTo("0.019004 DREAM");
        assertThat(market.available("alice").toCoins(6)).isEqualTo("0.003144");
        assertThat(market.available("bob").toCoins(6)).isEqualTo("0.000786");
        assertThat(market.run("model", "show", "gloss").value("used"))
                .isEqualTo("by 2 paid jobs of 1 account other than its owner");
        assertThat(DreamRun.in(folder, "show", tagged.value("job").replace(", settled", ""))
                        .out())
                .contains("as owner of gloss");
    }

    @Test
    void earningsAddUp() throws IOException {
        market.register(market.style("gloss"), "--price", "0.2", "--derive-price", "3", "--key", "alice");
        market.run("wallet", "deposit", "5", "--key", "bob");
        DreamRun derived =
                market.register(market.style("noto"), "--price", "0.3", "--parent", "gloss=10", "--key", "bob");
        assertThat(derived.out()).contains("+- gloss (1) takes 10 %");
        DreamRun.generate(folder, "a fox <lora:noto:1> <lora:gloss:0.5>", "--seed", "3");

        List<String> noto = market.run("model", "earnings", "noto").outLines();
        assertThat(noto.getFirst()).startsWith("noto earned 0.004915 DREAM in all: 0.004915 DREAM from jobs");
        assertThat(noto).anyMatch(line -> line.startsWith("0.000491 DREAM  parent "));
        assertThat(sum(noto.subList(2, noto.size() - 1))).isEqualTo(4915);
        List<String> gloss = market.run("model", "earnings", "1").outLines();
        assertThat(gloss.getFirst()).contains("3 DREAM from licences and the leave to derive");
        assertThat(sum(gloss.subList(2, gloss.size() - 1))).isEqualTo(micro(gloss.getLast()));
        List<String> all = market.run("model", "earnings").outLines();
        assertThat(sum(all.subList(1, all.size() - 1))).isEqualTo(micro(all.getLast()));
        assertThat(market.run("model", "earnings", "--json").out()).contains("\"fees\":\"0.022937\"");
    }

    private static long sum(List<String> lines) {
        return lines.stream().mapToLong(ModelCommandsTest::micro).sum();
    }

    private static long micro(String line) {
        return new BigDecimal(line.substring(0, line.indexOf(' ')))
                .movePointRight(6)
                .longValueExact();
    }

    @Test
    void contributorsClaimTheirPart() throws IOException {
        Path list = people();
        market.register(
                market.style("gloss"),
                "--price",
                "100",
                "--contributors",
                list.toString(),
                "--split",
                "contributors=100");
        DreamRun.generate(folder, "a fox <lora:gloss:1>", "--seed", "3");

        assertThat(market.run("claim", "gloss", "--show", "--key", "alice")
                        .outLines()
                        .getLast())
                .startsWith("gloss  600     0.98304 DREAM  0 DREAM ");
        assertThat(market.run("claim", "gloss", "--key", "alice", "--contributors", list.toString())
                        .outLines()
                        .getLast())
                .startsWith("gloss  600     0.98304 DREAM  0.98304 DREAM ");
        assertThat(market.available("alice").toCoins(6)).isEqualTo("0.98304");
        market.fail(ErrorCode.NOTHING_TO_CLAIM.number(), "claim", "gloss", "--key", "alice");
        market.fail(ErrorCode.NOTHING_TO_CLAIM.number(), "claim", "gloss", "--key", "worker");
        assertThat(market.run("claim", "--all", "--key", "bob", "--json").out())
                .contains("\"now\":\"0.65536\"")
                .contains("\"left\":\"0\"");
        Files.writeString(list, "account,weight\n" + market.account("alice") + ",999\n");
        market.fail(
                ErrorCode.PROOF_INVALID.number(),
                "claim",
                "gloss",
                "--key",
                "alice",
                "--contributors",
                list.toString());
    }

    @Test
    void onlyTheOwnerOrWhomItApprovedTransfers() {
        market.register(market.style("gloss"));
        String bob = market.account("bob");

        market.fail(ErrorCode.NOT_PERMITTED.number(), "model", "transfer", "gloss", "bob", "--key", "bob");
        market.run("model", "approve", "gloss", "bob");
        assertThat(market.run("model", "transfer", "gloss", bob, "--key", "bob").value("owner"))
                .isEqualTo(bob);
        market.fail(ErrorCode.NOT_PERMITTED.number(), "model", "price", "gloss", "5");
        market.run("model", "approve", "--all", "requester", "--key", "bob");
        assertThat(market.run("model", "transfer", "1", "requester", "--json").out())
                .contains("\"owner\":\"" + market.account("requester") + "\"");
    }

    @Test
    void theOwnerChangesTheTerms() {
        market.register(market.style("gloss"), "--price", "0.2");

        assertThat(market.run("model", "price", "gloss", "0.4", "--derive-price", "7")
                        .outLines())
                .containsExactly(
                        "price      0.4 DREAM per megapixel-step at full weight", "derive     allowed for 7 DREAM");
        assertThat(market.run("model", "price", "gloss", "--derive-price", "none", "--json")
                        .out())
                .contains("\"price\":\"0.4\"")
                .doesNotContain("derivePrice");
    }

    @Test
    void aSealedModelRunsByItsLicenceOnly() throws IOException {
        DreamRun registered = market.register(
                market.style("gloss"), "--price", "0.2", "--seal", "--licence-price", "2", "--licence-days", "30");
        assertThat(registered.value("kind")).endsWith(", sealed");
        assertThat(registered.value("licences")).isEqualTo("2 DREAM each, for 30 days");
        String[] use = {"generate", "a fox <lora:gloss:1>", "--steps", "2", "--width", "64", "--height", "64"};
        assertThat(DreamRun.in(folder, use).status()).isEqualTo(ErrorCode.LICENCE_MISSING.number());

        market.fail(ErrorCode.INSUFFICIENT_FUNDS.number(), "model", "license", "gloss", "buy");
        market.run("wallet", "deposit", "10", "--key", "worker");
        market.fail(ErrorCode.PRICE_TOO_HIGH.number(), "model", "license", "gloss", "buy", "--max-price", "1");
        market.run("model", "license", "gloss", "buy");
        market.run("model", "license", "gloss", "withdraw");
        market.run("model", "license", "gloss", "buy");
        assertThat(market.run("model", "license", "gloss", "list").outLines().getLast())
                .startsWith("pending  2 DREAM ");
        assertThat(market.run("model", "license", "gloss", "grant").out()).contains("granted  2 DREAM ");
        assertThat(market.run(use).out()).contains("as owner of gloss");

        market.run("model", "fetch", "gloss", "--out", "opened", "--key", "worker");
        assertThat(folder.resolve("opened/gloss.safetensors")).hasSameBinaryContentAs(market.style("gloss"));

        market.run("model", "license", "gloss", "revoke", "worker");
        assertThat(DreamRun.in(folder, use).status()).isEqualTo(ErrorCode.LICENCE_MISSING.number());
        market.account("second");
        assertThat(market.run("model", "license", "gloss", "grant", "second", "--days", "3", "--json")
                        .out())
                .contains("\"seconds\":259200");
    }

    @Test
    void aFetchedModelIsKeptByItsName() {
        market.register(market.style("gloss"), "--name", "shiny");

        assertThat(market.run("model", "fetch", "shiny").value("kept in")).endsWith("shiny.safetensors");

        assertThat(market.run("models").out()).contains("shiny ");
        assertThat(DreamRun.generate(folder, "a fox", "--lora", "shiny", "--seed", "1")
                        .out())
                .contains("image ");
    }

    static Stream<Arguments> wrongInputs() {
        return Stream.of(
                wrong(2, "model", "register"),
                wrong(2, "model", "register", "nope.safetensors"),
                wrong(102, "model", "register", "evil.ckpt"),
                wrong(21, "model", "register", "damaged.safetensors"),
                wrong(102, "model", "register", "gloss.safetensors", "--name", "Not a name"),
                wrong(102, "model", "register", "gloss.safetensors", "--base", "no/base"),
                wrong(16, "model", "register", "gloss.safetensors", "--kind", "nope"),
                wrong(54, "model", "register", "gloss.safetensors", "--price", "-1"),
                wrong(54, "model", "register", "gloss.safetensors", "--price", "0.0000001"),
                wrong(54, "model", "register", "gloss.safetensors", "--price", "1" + "0".repeat(50)),
                wrong(103, "model", "register", "gloss.safetensors", "--split", "owner=70"),
                wrong(103, "model", "register", "gloss.safetensors", "--split", "owner=101"),
                wrong(103, "model", "register", "gloss.safetensors", "--split", "owner"),
                wrong(103, "model", "register", "gloss.safetensors", "--split", "contributors=30"),
                wrong(2, "model", "register", "gloss.safetensors", "--split", "owner=70,nobody=30"),
                wrong(16, "model", "register", "gloss.safetensors", "--split", "owner=70,ed25519:12=30"),
                wrong(100, "model", "register", "gloss.safetensors", "--parent", "nope=10"),
                wrong(103, "model", "register", "gloss.safetensors", "--parent", "gloss"),
                wrong(16, "model", "register", "gloss.safetensors", "--licence-days", "0"),
                wrong(16, "model", "register", "gloss.safetensors", "--preview", "17"),
                wrong(2, "model", "register", "gloss.safetensors", "--contributors", "nope.csv"),
                wrong(104, "model", "register", "gloss.safetensors", "--contributors", "zero.csv"),
                wrong(104, "model", "register", "gloss.safetensors", "--contributors", "overflow.csv"),
                wrong(81, "model", "register", "gloss.safetensors", "--key", "../outside"),
                wrong(16, "model", "list", "--page", "0"),
                wrong(16, "model", "list", "--limit", "101"),
                wrong(2, "model", "list", "--sort", "best"),
                wrong(2, "model", "search"),
                wrong(16, "model", "search", "x".repeat(201)),
                wrong(2, "model", "list", "--owner", "nobody"),
                wrong(100, "model", "show", "nope"),
                wrong(100, "model", "show", "99999999999999999"),
                wrong(100, "model", "price", "nope", "1"),
                wrong(2, "model", "show", "nope", "more"),
                wrong(2, "model", "register", "gloss.safetensors", "more"),
                wrong(2, "model", "transfer", "nope"),
                wrong(2, "model", "license", "nope", "steal"),
                wrong(2, "model", "lst"),
                wrong(100, "model", "earnings", "nope"),
                wrong(100, "model", "fetch", "nope"),
                wrong(100, "claim", "nope"),
                wrong(2, "claim"),
                wrong(2, "claim", "nope", "more"),
                wrong(2, "claim", "nope", "--all"));
    }

    private static Arguments wrong(int status, String... args) {
        return Arguments.of(status, List.of(args));
    }

    @ParameterizedTest
    @MethodSource("wrongInputs")
    void wrongInputIsOneLineAndAStatus(int status, List<String> args) throws IOException {
        Files.copy(market.style("gloss"), folder.resolve("gloss.safetensors"));
        Files.writeString(folder.resolve("evil.ckpt"), "a pickle");
        Files.writeString(folder.resolve("damaged.safetensors"), "damaged");
        String account = "ed25519:" + "0".repeat(64);
        Files.writeString(folder.resolve("zero.csv"), account + ",0\n");
        Files.writeString(
                folder.resolve("overflow.csv"), account + ",9223372036854775807\ned25519:" + "1".repeat(64) + ",1\n");

        assertThat(market.fail(status, args.toArray(String[]::new)).out()).isEmpty();
        assertThat(DreamRun.in(folder, "model", "list").err()).contains("No style model was found");
    }

    @Test
    void errorsAreToldToProgramsToo() {
        DreamRun run = DreamRun.in(folder, "model", "show", "nope", "--json");

        assertThat(run.status()).isEqualTo(ErrorCode.STYLE_NOT_FOUND.number());
        assertThat(run.out())
                .startsWith("{\"error\":{\"code\":\"style-not-found\",\"number\":100,\"message\":\"There is no");
    }
}
