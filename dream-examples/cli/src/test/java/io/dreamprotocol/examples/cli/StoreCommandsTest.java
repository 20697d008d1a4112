package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StoreCommandsTest {
    private static final String HELLO = "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am";

    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.createDirectories(folder.resolve("pictures/sub"));
        Files.writeString(folder.resolve("pictures/hello"), "hello\n");
        Files.write(folder.resolve("pictures/sub/large"), random(300_000));
    }

    private static byte[] random(int size) {
        byte[] content = new byte[size];
        new Random(1).nextBytes(content);
        return content;
    }

    private String put(String name) {
        return DreamRun.in(folder, "put", name).outLines().getFirst();
    }

    @Test
    void whatIsPutComesBack() {
        String cid = put("pictures/sub/large");
        DreamRun run = DreamRun.in(folder, "get", cid, "--out", "copy");

        assertThat(cid).startsWith("bafybei");
        assertThat(run.out()).isEqualTo(folder.resolve("copy") + "\n");
        assertThat(folder.resolve("copy")).hasBinaryContent(random(300_000));
    }

    @Test
    void withoutAFileTheBytesGoToTheOutput() {
        String cid = put("pictures/hello");

        assertThat(cid).isEqualTo(HELLO);
        assertThat(DreamRun.in(folder, "get", cid).out()).isEqualTo("hello\n");
    }

    @Test
    void aTerminalGetsNoBytes() {
        Terminal.Abilities terminal = new Terminal.Abilities(true, true, 80, 24, true, true);

        DreamRun run = DreamRun.with(terminal, folder, new Cancellation(), "get", HELLO);

        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void aFolderGoesInAndOutWhole() {
        String cid = put("pictures");
        DreamRun run = DreamRun.in(folder, "get", cid, "--out", "made/copy", "--json");

        assertThat(run.out())
                .isEqualTo("{\"cid\":\"" + cid + "\",\"kind\":\"folder\",\"path\":\"" + folder.resolve("made/copy")
                        + "\",\"bytes\":300006}\n");
        assertThat(folder.resolve("made/copy/sub/large")).hasBinaryContent(random(300_000));
        assertThat(DreamRun.in(folder, "get", cid + "/hello").out()).isEqualTo("hello\n");
        assertThat(DreamRun.in(folder, "get", cid, "--out", "pictures").status())
                .isEqualTo(16);
        assertThat(DreamRun.in(folder, "get", cid).status()).isEqualTo(2);
        assertThat(DreamRun.in(folder, "get", cid + "/none", "--out", "x").err())
                .contains("has nothing called 'none'");
    }

    @Test
    void aFolderIsListed() {
        String cid = put("pictures");

        List<String> lines = DreamRun.in(folder, "ls", cid).outLines();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).matches("file +6 bytes +" + HELLO + " +hello");
        assertThat(lines.get(2)).startsWith("folder ").endsWith(" sub");
        assertThat(DreamRun.in(folder, "ls", cid + "/sub", "--json").out())
                .contains("\"kind\":\"folder\",\"entries\":[{\"name\":\"large\",\"kind\":\"file\",\"cid\":\"bafybei")
                .endsWith("}]}\n");
        assertThat(DreamRun.in(folder, "ls", cid + "/hello").out()).isEqualTo("file  " + HELLO + "\n");
        assertThat(DreamRun.in(folder, "ls", "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy")
                        .status())
                .isEqualTo(40);
    }

    @Test
    void whatIsPutIsPinnedUntilItIsUnpinned() throws IOException {
        String cid = put("pictures");
        String hello = put("pictures/hello");
        assertThat(DreamRun.in(folder, "pin", "ls").outLines()).containsExactlyInAnyOrder(cid, hello);
        makeOld();
        assertThat(DreamRun.in(folder, "gc").out()).isEqualTo("nothing to free\n");

        assertThat(DreamRun.in(folder, "pin", "rm", cid).out()).isEqualTo(cid + "\n");
        DreamRun dry = DreamRun.in(folder, "gc", "--dry-run");
        assertThat(dry.out()).isEqualTo("would free 5 blocks, 300 kB\n");
        DreamRun freed = DreamRun.in(folder, "gc");
        assertThat(freed.err()).isEqualTo("freeing 5 blocks, 300 kB\n");
        assertThat(freed.out()).isEqualTo("freed 5 blocks, 300 kB\n");
        assertThat(DreamRun.in(folder, "ls", cid).status()).isEqualTo(40);
        assertThat(DreamRun.in(folder, "get", hello).out()).isEqualTo("hello\n");
        assertThat(DreamRun.in(folder, "pin", "add", cid, "--json").out())
                .startsWith("{\"error\":{\"code\":\"blob-not-found\",\"number\":40,");
        assertThat(DreamRun.in(folder, "pin", "ls", "--json").out()).isEqualTo("{\"pins\":[\"" + hello + "\"]}\n");
        assertThat(DreamRun.in(folder, "gc", "--json").out())
                .isEqualTo("{\"dryRun\":false,\"blocks\":0,\"bytes\":0}\n");
    }

    /** Sets all blocks back by a day, so that garbage collection does not spare them as young. */
    private void makeOld() throws IOException {
        FileTime yesterday = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
        try (Stream<Path> files = Files.walk(folder.resolve("data/blobs"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, yesterday);
            }
        }
    }

    @Test
    void aCarMovesAFolderToAnotherStore() throws IOException {
        String cid = put("pictures");
        assertThat(DreamRun.in(folder, "car", "export", cid, "out.car").out())
                .isEqualTo(folder.resolve("out.car") + "\n");

        assertThat(DreamRun.in(folder, "car", "import", "out.car", "--data", "other")
                        .out())
                .isEqualTo(cid + "\n");
        assertThat(DreamRun.in(folder, "pin", "ls", "--data", "other").out()).isEqualTo(cid + "\n");
        assertThat(DreamRun.in(folder, "get", cid + "/hello", "--data", "other").out())
                .isEqualTo("hello\n");

        byte[] car = Files.readAllBytes(folder.resolve("out.car"));
        car[car.length - 1] ^= 1;
        Files.write(folder.resolve("bad.car"), car);
        assertThat(DreamRun.in(folder, "car", "import", "bad.car", "--data", "third")
                        .status())
                .isEqualTo(41);
        assertThat(DreamRun.in(folder, "pin", "ls", "--data", "third").out()).isEmpty();
        assertThat(DreamRun.in(folder, "car", "export", HELLO, "none.car", "--data", "third")
                        .status())
                .isEqualTo(40);
        assertThat(folder.resolve("none.car")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pin",
                "pin add",
                "pin ls x",
                "pin fetch x",
                "car",
                "car export x",
                "car import a b",
                "car import none",
                "put none",
                "get " + HELLO + " --json",
                "gc x"
            })
    void whatIsNoCommandIsExplained(String line) {
        DreamRun run = DreamRun.in(folder, line.split(" "));

        assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(run.err()).startsWith("dream: ").contains("; see 'dream ").contains(" --help'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"put pictures", "put pictures/sub/large", "car import out.car", "get CID --out copy"})
    void anInterruptLeavesNothingHalfWritten(String line) throws IOException {
        String cid = put("pictures");
        DreamRun.in(folder, "car", "export", cid, "out.car");
        Cancellation stopped = new Cancellation();
        stopped.cancel();

        DreamRun run = DreamRun.with(
                Terminal.Abilities.NONE,
                folder,
                stopped,
                (line.replace("CID", cid) + (line.startsWith("get") ? "" : " --data other")).split(" "));

        assertThat(run.status()).isEqualTo(ExitStatus.INTERRUPTED);
        assertThat(DreamRun.in(folder, "pin", "ls", "--data", "other").out()).isEmpty();
        assertThat(folder.resolve("copy")).doesNotExist();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith("."));
        }
    }

    @Test
    void theStoreIsSetByOptionVariableAndFile() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        String first = "tiers:embedded?quota=1MB,embedded:" + folder.resolve("nas");
        Files.writeString(folder.resolve("data/dream.properties"), "# where blobs are\nstore = " + first + "\n");

        String cid = put("pictures/hello");
        assertThat(folder.resolve("nas/blobs")).exists();
        assertThat(DreamRun.in(folder, "get", cid, "--store", "embedded").out()).isEqualTo("hello\n");
        assertThat(DreamRun.in(folder, "get", cid, "--store", "embedded:" + folder.resolve("none"))
                        .status())
                .isEqualTo(40);
        // A cache that lost it gets it from behind.
        DreamRun.in(folder, "put", "pictures/hello", "--store", "embedded:" + folder.resolve("nas"));
        assertThat(DreamRun.in(folder, "get", cid, "--data", "empty", "--store", first)
                        .out())
                .isEqualTo("hello\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stroe = embedded", "store = \\u12", "store = nothing", "store = tiers:embedded"})
    void aWrongSettingIsNotIgnored(String line) throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/dream.properties"), line);

        assertThat(DreamRun.in(folder, "get", HELLO).status()).isEqualTo(81);
    }
}
