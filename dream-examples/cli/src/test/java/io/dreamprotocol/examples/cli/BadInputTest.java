package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every wrong input is one line that says what to do, with an exit status of its own, and leaves nothing behind. */
final class BadInputTest {
    @TempDir
    Path folder;

    static Stream<Arguments> wrongInputs() {
        return Stream.of(
                wrong(10, "generate", ""),
                wrong(10, "generate", "   "),
                wrong(10, "generate", "x".repeat(100_000)),
                wrong(10, "generate", "x", "--negative", "y".repeat(100_000)),
                wrong(11, "generate", "x", "--width", "100"),
                wrong(11, "generate", "x", "--height", "0"),
                wrong(11, "generate", "x", "--width", "-64"),
                wrong(11, "generate", "x", "--width", "99999999999"),
                wrong(12, "generate", "x", "--steps", "0"),
                wrong(12, "generate", "x", "--steps", "10000"),
                wrong(12, "generate", "x", "--steps", "99999999999"),
                wrong(13, "generate", "x", "--guidance", "NaN"),
                wrong(13, "generate", "x", "--guidance", "1e400"),
                wrong(13, "generate", "x", "--guidance", "-1"),
                wrong(14, "generate", "x", "--scheduler", "nope"),
                wrong(15, "generate", "x", "--model", "nope"),
                wrong(16, "generate", "x", "--seed", "-1"),
                wrong(16, "generate", "x", "--seed", "9223372036854775808"),
                wrong(16, "generate", "x", "--count", "0"),
                wrong(16, "generate", "x", "--count", "1001"),
                wrong(23, "generate", "x", "--provider", "openvino"),
                wrong(81, "generate", "x", "--provider", "nope"),
                wrong(81, "generate", "x", "--threads", "0"),
                wrong(80, "generate", "x", "--ledger", "nope:there"),
                wrong(81, "generate", "x", "--store", "nowhere"),
                wrong(2, "generate"),
                wrong(2, "generate", "x", "--steps", "many"),
                wrong(2, "generate", "x", "--steps"),
                wrong(2, "generate", "x", "--stepz", "3"),
                wrong(2, "generate", "x", "--json", "--quiet"),
                wrong(2, "genrate", "x"),
                wrong(2, "jobs", "more"),
                wrong(16, "jobs", "--limit", "0"),
                wrong(2, "show"),
                wrong(50, "show", "nope"),
                wrong(16, "show", "no/pe"),
                wrong(50, "cancel", "nope"),
                wrong(50, "resume", "nope"),
                wrong(2, "verify"),
                wrong(2, "verify", "nope.png"),
                wrong(2, "put", "nope.png"),
                wrong(42, "get", "nope"),
                wrong(40, "get", "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"),
                wrong(2, "wallet", "withdraw", "3"),
                wrong(54, "wallet", "deposit", "-3"),
                wrong(54, "wallet", "deposit", "0"),
                wrong(54, "wallet", "deposit", "0.0000001"),
                wrong(81, "jobs", "--data", "what?"));
    }

    private static Arguments wrong(int status, String... args) {
        return Arguments.of(status, List.of(args));
    }

    @ParameterizedTest
    @MethodSource("wrongInputs")
    void isOneLineAndAStatus(int status, List<String> args) throws IOException {
        DreamRun run = DreamRun.in(folder, args.toArray(String[]::new));

        assertThat(run.status()).isEqualTo(status);
        assertThat(run.err()).startsWith("dream: ").hasLineCount(1).doesNotContain("Exception");
        assertThat(run.out()).isEmpty();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).isSubsetOf("data");
        }
    }

    @Test
    void aFileInPlaceOfTheDataFolderIsRefused() throws IOException {
        Files.writeString(folder.resolve("data"), "");

        DreamRun run = DreamRun.in(folder, "wallet");

        assertThat(run.status()).isBetween(30, 34);
        assertThat(run.err()).startsWith("dream: ").hasLineCount(1);
    }

    @Test
    void aDamagedBlockIsFoundAndNothingIsWritten() throws IOException {
        Files.writeString(folder.resolve("note.txt"), "hello");
        String cid = DreamRun.in(folder, "put", "note.txt").outLines().getFirst();
        try (Stream<Path> files = Files.walk(folder.resolve("data/blobs"))) {
            Path block = files.filter(file -> file.getFileName().toString().equals(cid)
                            && !file.getParent().endsWith("pins"))
                    .findFirst()
                    .orElseThrow();
            Files.writeString(block, "hullo");
        }

        DreamRun run = DreamRun.in(folder, "get", cid, "--out", "copy.txt");

        assertThat(run.status()).isEqualTo(41);
        assertThat(run.err()).startsWith("dream: ").hasLineCount(1);
        assertThat(folder.resolve("copy.txt")).doesNotExist();
    }

    @Test
    void aKeyThatOthersCanReadIsRefused() throws IOException {
        DreamRun.in(folder, "wallet");
        Path key = folder.resolve("data/keys/requester.key");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));

        DreamRun run = DreamRun.in(folder, "wallet");

        assertThat(run.status()).isEqualTo(82);
        assertThat(run.err()).contains("chmod 600").hasLineCount(1);
    }

    @Test
    void aTraceIsShownOnlyWhenAskedFor() {
        DreamRun run = DreamRun.in(folder, "show", "nope", "--stacktrace");

        assertThat(run.status()).isEqualTo(50);
        assertThat(run.err()).contains("\n\tat io.dreamprotocol.");
    }
}
