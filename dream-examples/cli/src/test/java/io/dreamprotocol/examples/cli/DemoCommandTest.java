package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoCommandTest {
    private static final Pattern PERSON =
            Pattern.compile("\"name\":\"(\\w+)\"[^}]*\"paid\":\"(\\d+)\",\"earned\":\"(\\d+)\"");

    @TempDir
    Path folder;

    @Test
    void theStoryEndsWithTenImagesAndMoneyThatAddsUp() {
        DreamRun run = DreamRun.in(folder, "demo", "--data", "story", "--json");

        assertThat(run.status()).as(run.err()).isZero();
        List<MatchResult> people = PERSON.matcher(run.out()).results().toList();
        long paid = people.stream()
                .mapToLong(person -> Long.parseLong(person.group(2)))
                .sum();
        long earned = people.stream()
                .mapToLong(person -> Long.parseLong(person.group(3)))
                .sum();
        assertThat(paid).isPositive().isEqualTo(earned);
        assertThat(people)
                .filteredOn(person -> Long.parseLong(person.group(3)) > 0)
                .extracting(person -> person.group(1))
                .contains("ada", "noa", "kim", "ines", "otto", "yuki");
        assertThat(folder.resolve("story/images")).isDirectoryContaining("glob:**/10.png");
        DreamRun earnings = DreamRun.in(folder, "model", "earnings", "--data", "story");
        assertThat(earnings.out()).contains("all fees of 10 jobs");
    }

    @Test
    void aFolderThatIsNotFreshIsRefused() throws Exception {
        Files.createDirectories(folder.resolve("used/keys"));
        DreamRun run = DreamRun.in(folder, "demo", "--data", "used");
        assertThat(run.status()).isEqualTo(ErrorCode.INVALID_CONFIGURATION.number());
        assertThat(run.err()).contains("not empty");
    }
}
