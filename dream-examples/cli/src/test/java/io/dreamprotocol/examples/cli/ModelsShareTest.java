package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelsShareTest {
    private static final Path GOLDEN = Path.of(System.getProperty("dream.golden"));

    @TempDir
    Path folder;

    /** A cache before a store that two data folders share. */
    private String shared;

    @BeforeEach
    void model() throws IOException {
        shared = "tiers:embedded,embedded:" + folder.resolve("nas");
        Path source = GOLDEN.resolve("pipelines/sd15/model");
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        folder.resolve("sd15").resolve(source.relativize(file).toString()));
            }
        }
    }

    private DreamRun models(String... args) {
        return DreamRun.in(
                folder,
                Stream.concat(Stream.of("models", "--store", shared), Stream.of(args))
                        .toArray(String[]::new));
    }

    @Test
    void aPublishedModelIsFetchedElsewhere() throws IOException {
        String digest = models("add", "sd15").value("digest");
        String cid = models("publish", "sd15").outLines().getFirst();
        assertThat(models("publish", "sd15", "--json").out()).isEqualTo("{\"cid\":\"" + cid + "\"}\n");
        assertThat(DreamRun.in(folder, "ls", cid, "--store", shared).out())
                .contains("model_index.json")
                .doesNotContain(ModelSource.FILE);

        DreamRun fetched = models("fetch", cid, "--name", "mine", "--data", "other");
        assertThat(fetched.status()).as(fetched.err()).isZero();
        assertThat(fetched.value("digest")).isEqualTo(digest);
        assertThat(fetched.value("from")).isEqualTo("ipfs:" + cid);
        DreamRun run = DreamRun.in(
                folder, "generate", "a cup", "--steps", "1", "--model", "mine", "--data", "other", "--out", "cup.png");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(DreamRun.in(folder, "pin", "ls", "--data", "other").out()).doesNotContain(cid);
        assertThat(drafts("data")).isEmpty();
        assertThat(drafts("other")).isEmpty();
    }

    @Test
    void aFolderIsPublishedUnderTheCidOfItsModel() {
        models("add", "sd15");
        assertThat(models("publish", "./sd15").out())
                .isEqualTo(models("publish", "sd15").out());
    }

    @Test
    void aStyleModelIsShared() throws IOException {
        Path style = styleFile();
        assertThat(models("add", style.toString(), "--name", "gloss").status()).isZero();
        String cid = models("publish", "gloss").outLines().getFirst();
        DreamRun fetched = models("fetch", cid, "--name", "shine", "--data", "other");
        assertThat(fetched.status()).as(fetched.err()).isZero();
        assertThat(folder.resolve("other/models/styles/shine.safetensors")).hasSameBinaryContentAs(style);
    }

    private static Path styleFile() throws IOException {
        try (Stream<Path> files = Files.walk(GOLDEN.resolve("lora"))) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void anInterruptedFetchLeavesNoModel() throws IOException {
        String cid = models("publish", "./sd15").outLines().getFirst();
        Cancellation stopped = new Cancellation();
        stopped.cancel();
        DreamRun run = DreamRun.with(
                Terminal.Abilities.NONE,
                folder,
                stopped,
                "models",
                "fetch",
                cid,
                "--name",
                "mine",
                "--data",
                "other",
                "--store",
                shared);
        assertThat(run.status()).isEqualTo(ExitStatus.INTERRUPTED);
        assertThat(drafts("other")).isEmpty();
        assertThat(models("fetch", cid, "--name", "mine", "--data", "other").status())
                .isZero();
    }

    @Test
    void whatIsNoModelIsNotKept() throws IOException {
        Files.createDirectories(folder.resolve("junk"));
        Files.writeString(folder.resolve("junk/x"), "x");
        String cid =
                DreamRun.in(folder, "put", "junk", "--store", shared).outLines().getFirst();
        assertThat(models("fetch", cid, "--name", "junk").status()).isBetween(15, 22);
        assertThat(models("fetch", cid + "/x", "--name", "junk").status()).isPositive();
        assertThat(models("publish", "./junk").status()).isBetween(15, 22);
        assertThat(drafts("data")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"publish", "fetch", "fetch x", "publish none", "publish x --name y", "fetch x --name y --json"})
    void whatIsNoCommandIsExplained(String line) {
        assertThat(models(line.split(" ")).status()).isEqualTo(ExitStatus.USAGE);
    }

    private Stream<Path> drafts(String data) throws IOException {
        Path models = folder.resolve(data).resolve("models");
        if (!Files.exists(models)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(models)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".")).toList().stream();
        }
    }
}
