package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.Infotext;
import io.dreamprotocol.core.receipt.SealedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GenerateCommandTest {
    @TempDir
    Path folder;

    @Test
    void saysWhereTheImageIsAndWhatItCostAndWhoWasPaid() throws IOException {
        DreamRun run = DreamRun.generate(folder, "a red apple, flat style", "--seed", "7");

        Path file = folder.resolve("dream-a-red-apple-flat-style-7.png");
        assertThat(run.value("image")).isEqualTo(file.toString());
        assertThat(run.value("CID")).startsWith("bafkrei");
        assertThat(run.value("job")).endsWith(", settled");
        assertThat(run.value("cost")).isEqualTo("0.016384 DREAM");
        assertThat(run.value("paid")).startsWith("0.016384 DREAM to ed25519:");
        SealedImage sealed = SealedImage.verify(Files.readAllBytes(file));
        assertThat(sealed.file().text(Infotext.KEYWORD).orElseThrow()).startsWith("a red apple, flat style\nSteps: 2");
    }

    @Test
    void theSameSeedGivesTheSameBytesAndNoSecondFile() throws IOException {
        DreamRun first = DreamRun.generate(folder, "a fox", "--seed", "3");
        DreamRun second = DreamRun.generate(folder, "a fox", "--seed", "3");

        assertThat(second.value("CID")).isEqualTo(first.value("CID"));
        assertThat(images()).containsExactly("dream-a-fox-3.png");
    }

    @Test
    void anotherImageOfTheSameNameIsNumbered() throws IOException {
        Files.writeString(folder.resolve("dream-a-fox-3.png"), "something else");

        DreamRun.generate(folder, "a fox", "--seed", "3");

        assertThat(images()).containsExactly("dream-a-fox-3-2.png", "dream-a-fox-3.png");
        assertThat(folder.resolve("dream-a-fox-3.png")).hasContent("something else");
    }

    @Test
    void severalImagesHaveSeedsThatCountUp() throws IOException {
        DreamRun run = DreamRun.generate(
                folder, "a cup", "--seed", "5", "--count", "2", "--quiet", "--out", "cups/{n}-{seed}.png");

        assertThat(run.outLines())
                .containsExactly(
                        folder.resolve("cups/1-5.png").toString(),
                        folder.resolve("cups/2-6.png").toString());
        assertThat(SealedImage.verify(Files.readAllBytes(folder.resolve("cups/2-6.png")))
                        .request()
                        .seed())
                .isEqualTo(6);
    }

    @Test
    void aFolderTakesImagesUnderTheirOwnNames() throws IOException {
        DreamRun.generate(folder, "a cup", "--seed", "5", "--out", "new/");

        assertThat(folder.resolve("new/dream-a-cup-5.png")).exists();
    }

    @Test
    void aNamedFileIsReplaced() throws IOException {
        Files.writeString(folder.resolve("cup.png"), "old");

        DreamRun.generate(folder, "a cup", "--seed", "5", "--out", "cup.png");

        SealedImage.verify(Files.readAllBytes(folder.resolve("cup.png")));
        assertThat(images()).containsExactly("cup.png");
    }

    @Test
    void jsonIsOneObjectAndNothingElse() {
        DreamRun run = DreamRun.generate(folder, "a \"cup\"\n\u001b[31m", "--seed", "5", "--json", "--out", "cup.png");

        assertThat(run.outLines()).hasSize(1);
        assertThat(run.out())
                .startsWith("{\"images\":[{\"path\":\"" + folder.resolve("cup.png") + "\",\"cid\":\"bafk")
                .contains("\"prompt\":\"a \\\"cup\\\"\\n\\u001b[31m\"")
                .contains("\"seed\":5,")
                .contains("\"width\":64,\"height\":64,\"steps\":2,\"guidanceScale\":5,")
                .contains("\"cost\":\"0.016384\",\"refund\":\"0\",\"payments\":[{\"to\":\"ed25519:")
                .endsWith("]}]}\n");
    }

    @Test
    void jsonTellsOfAnErrorToo() {
        DreamRun run = DreamRun.in(folder, "generate", "a cup", "--steps", "0", "--json");

        assertThat(run.status()).isEqualTo(12);
        assertThat(run.out())
                .isEqualTo("{\"images\":[],\"error\":{\"code\":\"invalid-steps\",\"number\":12,\"message\":"
                        + "\"Steps must be between 1 and 1000, not 0; 20 is usual\"}}\n");
    }

    @Test
    void aTerminalSeesProgressAndThePicture() {
        Terminal.Abilities abilities = new Terminal.Abilities(true, true, 80, 50, true, true);
        DreamRun run = DreamRun.with(
                abilities, folder, new Cancellation(), "generate", "a cup", "--steps", "2", "--seed", "5");

        assertThat(run.out()).startsWith("\u001b[38;2;").contains("\u2580");
        assertThat(run.err())
                .contains("generating [##############################] 2/2")
                .endsWith("\r\u001b[K");
    }

    @Test
    void theFirstRunGetsCoinsOnce() {
        DreamRun first = DreamRun.generate(folder, "a cup");
        DreamRun second = DreamRun.generate(folder, "a cup");

        assertThat(first.err()).contains("1000 DREAM were put into your wallet");
        assertThat(second.err()).isEmpty();
        assertThat(DreamRun.in(folder, "wallet").value("requester")).isEqualTo("999.967232 DREAM");
    }

    @Test
    void wordsWithoutQuotesAreOnePrompt() {
        DreamRun.generate(folder, "a", "blue", "cup", "--seed", "1");

        assertThat(folder.resolve("dream-a-blue-cup-1.png")).exists();
    }

    @Test
    void whatCannotBeWrittenIsFoundOutBeforeAnythingIsPaid() throws IOException {
        Files.writeString(folder.resolve("file"), "");

        DreamRun run = DreamRun.in(folder, "generate", "a cup", "--out", "file/cup.png");

        assertThat(run.status()).isEqualTo(34);
        assertThat(run.err()).startsWith("dream: Cannot write ").hasLineCount(1);
        assertThat(DreamRun.in(folder, "jobs").out()).isEmpty();
    }

    @Test
    void anImageThatCannotBeWrittenAnyMoreIsKept() {
        DreamRun run = DreamRun.in(
                folder, "generate", "a cup", "--steps", "1", "--width", "64", "--height", "64", "--out", "/dev/full");

        Assumptions.assumeTrue(Files.exists(Path.of("/dev/full")));
        assertThat(run.status()).isEqualTo(31);
        String cid = run.err().replaceAll("(?s).*dream get (\\w+) .*", "$1");
        assertThat(DreamRun.in(folder, "get", cid, "--out", "kept.png").status())
                .isZero();
        assertThat(DreamRun.in(folder, "verify", "kept.png").status()).isZero();
    }

    private List<String> images() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("data"))
                    .sorted()
                    .toList();
        }
    }
}
