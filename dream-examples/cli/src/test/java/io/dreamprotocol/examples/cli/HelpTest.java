package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HelpTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "generate",
                "jobs",
                "show",
                "resume",
                "cancel",
                "verify",
                "models",
                "put",
                "get",
                "ls",
                "pin",
                "gc",
                "car",
                "wallet",
                "quote",
                "model",
                "worker",
                "claim",
                "round",
                "demo",
                "doctor",
                "completion"
            })
    void everyCommandHasHelpWithExamples(String command) {
        DreamRun run = DreamRun.in(folder, command, "--help");

        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("Usage: dream " + command)
                .contains("Examples:\n  ")
                .doesNotContain("\u001b");
        assertThat(run.err()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @TestFactory
    Stream<DynamicTest> everyCommandBelowAnotherHasHelpWithExamples() {
        return Dream.commandLine().getSubcommands().values().stream()
                .flatMap(group -> group.getSubcommands().values().stream())
                .map(line -> line.getCommandSpec().qualifiedName())
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    String[] words = name.split(" ", -1);
                    DreamRun run = DreamRun.in(folder, words[1], words[2], "--help");
                    assertThat(run.status()).isZero();
                    assertThat(run.out())
                            .contains("Usage: " + name)
                            .contains("Examples:\n  ")
                            .contains("--json")
                            .contains("--key");
                    assertThat(folder).isEmptyDirectory();
                }));
    }

    @Test
    void aGroupOfCommandsShowsThem() {
        DreamRun run = DreamRun.in(folder, "round");

        assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(run.out()).contains("  pledge ").contains("  conclude ");
        assertThat(DreamRun.in(folder, "model", "--help").status()).isZero();
        assertThat(DreamRun.in(folder, "worker", "rn", "--once").err())
                .isEqualTo("dream: There is no command 'rn' (did you mean run?); see 'dream worker --help'\n");
    }

    @Test
    void theWholeHelpListsCommandsAndStatuses() {
        DreamRun run = DreamRun.in(folder, "--help");

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("  generate ").contains("  doctor ").contains("Exit statuses:");
    }

    @Test
    void everyErrorHasItsStatusInTheHelp() {
        String help = DreamRun.in(folder, "--help").out();

        for (ErrorCode code : ErrorCode.values()) {
            assertThat(help.lines().map(String::strip).anyMatch(line -> covers(line, code.number())))
                    .as(code.id())
                    .isTrue();
        }
    }

    private static boolean covers(String line, int number) {
        Matcher range = Pattern.compile("(\\d+)-(\\d+) .*").matcher(line);
        return range.matches()
                && Integer.parseInt(range.group(1)) <= number
                && number <= Integer.parseInt(range.group(2));
    }

    @Test
    void withoutACommandItHelpsAndFails() {
        DreamRun run = DreamRun.in(folder);

        assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(run.out()).startsWith("Makes images from words");
    }

    @Test
    void aMisspeltCommandIsGuessed() {
        assertThat(DreamRun.in(folder, "verfy", "x").err())
                .isEqualTo("dream: There is no command 'verfy' (did you mean verify?); see 'dream --help'\n");
    }

    @Test
    void optionsOfAllCommandsMayComeFirst() {
        DreamRun run = DreamRun.in(folder, "--data", "elsewhere", "wallet");

        assertThat(run.status()).isZero();
        assertThat(folder.resolve("elsewhere/keys/requester.key")).exists();
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void completionKnowsTheCommandsAndOptions() {
        DreamRun run = DreamRun.in(folder, "completion");

        assertThat(run.status()).isZero();
        assertThat(run.out())
                .startsWith("#!/usr/bin/env bash")
                .contains("generate")
                .contains("--scheduler")
                .contains("license")
                .contains("--licence-price");
    }

    @Test
    void theVersionIsOneLine() {
        assertThat(DreamRun.in(folder, "--version").out()).matches("dream .+\n");
    }

    @Test
    void modelsListsAndShows() {
        assertThat(DreamRun.in(folder, "models").outLines()).anyMatch(line -> line.startsWith("dream-mini "));
        DreamRun run = DreamRun.in(folder, "models", "dream-mini");
        assertThat(run.value("defaults")).startsWith("128x128, 20 steps, ");
        assertThat(run.value("schedulers")).contains("Euler a").contains("DDIM");
    }

    @Test
    void doctorFindsThisMachineWell() {
        DreamRun run = DreamRun.in(folder, "doctor");

        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("ok  Java")
                .contains("ok  processor")
                .contains("ok  engine       onnxruntime")
                .contains("ok  provider     cpu")
                .contains("ok  models       dream-mini")
                .contains("ok  data folder");
    }
}
