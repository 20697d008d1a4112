package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a source tree of its own, with a Maven and Javas that only note what they are asked for. */
@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {
    private static final String MAVEN = """
            #!/bin/sh
            echo "$JAVA_HOME" >>built
            echo '[INFO] Building Dream Protocol: core 0.1.0-SNAPSHOT [1/2]'
            if [ -f slow ]; then sleep "$(cat slow)"; fi
            if [ -f broken ]; then echo '[ERROR] a line is wrong'; exit 1; fi
            mkdir -p dream-examples/cli/target/lib
            echo jar >dream-examples/cli/target/dream-examples-cli-0.1.0-SNAPSHOT.jar
            """;

    private static final String JAVA = """
            #!/bin/sh
            for last; do :; done
            case "$*" in
                *.Distribution*) mkdir -p "$last/lib" "$last/native" && : >"$last/dream.jar" && : >"$last/lib/dream-core-0.1.0.jar" ;;
                *.Training*)
                    for option; do
                        case $option in -XX:ArchiveClassesAtExit=*) echo classes >"${option#*=}" ;; esac
                    done
                    ;;
                *)
                    echo "java ${0%/bin/java}"
                    echo "locale ${LC_ALL:-none}"
                    while [ "$1" != io.dreamprotocol.examples.cli.Main ]; do shift; done
                    shift
                    for argument; do echo "<$argument>"; done
                    ;;
            esac
            """;

    private final Map<Long, Path> errors = new HashMap<>();

    @TempDir
    Path folder;

    private Path root;
    private Path home;

    @BeforeEach
    void layOut() throws IOException {
        root = Files.createDirectories(folder.resolve("a clone"));
        home = Files.createDirectories(folder.resolve("home"));
        Files.copy(Path.of(System.getProperty("dream.launcher")), root.resolve("dream"));
        executable(root.resolve("dream"));
        script(root.resolve("mvnw"), MAVEN);
        Files.writeString(root.resolve("pom.xml"), "");
        source("dream-examples/cli/src/main/Main.java");
        source("dream-core/src/main/Core.java");
        jdk(home.resolve(".jdks/jdk-98"), "98.0.1");
    }

    @Test
    void buildsOnceAndPassesArgumentsAsTheyAre() throws Exception {
        Outcome first = run("generate", "a  b", "", "*", "--", "$HOME", "\"");
        Outcome second = run("jobs");

        assertThat(first.status).isZero();
        assertThat(first.out).contains("<generate>", "<a  b>", "<>", "<*>", "<-->", "<$HOME>", "<\">");
        assertThat(first.err).contains("dream: building (first run", "  core (1/2)");
        assertThat(second.out).contains("<jobs>");
        assertThat(second.err).isEmpty();
        assertThat(builds()).hasSize(1);
    }

    @Test
    void buildsAgainWhenASourceChanges() throws Exception {
        run("jobs");
        Path source = root.resolve("dream-core/src/main/Core.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));

        assertThat(run("jobs").err).contains("sources changed");
        assertThat(builds()).hasSize(2);
    }

    @Test
    void takesTheNewestJavaOfTheUsualFolders() throws Exception {
        jdk(home.resolve(".jdks/jdk-99"), "99");
        jdk(home.resolve(".sdkman/candidates/java/97"), "97.0.2");

        assertThat(run("jobs").out).contains("java " + home.resolve(".jdks/jdk-99"));
        assertThat(builds()).containsExactly(home.resolve(".jdks/jdk-99").toString());
    }

    @Test
    void prefersOneThatCompiles() throws Exception {
        jdk(home.resolve(".jdks/jre-99"), "99");
        Files.delete(home.resolve(".jdks/jre-99/bin/javac"));

        assertThat(run("jobs").out).contains("java " + home.resolve(".jdks/jdk-98"));
    }

    @Test
    void whatTheVariablesSayComesFirst() throws Exception {
        jdk(folder.resolve("my jdk"), "21.0.1");
        jdk(folder.resolve("your jdk"), "22");
        Map<String, String> javaHome =
                Map.of("JAVA_HOME", folder.resolve("my jdk").toString());
        Map<String, String> both = Map.of(
                "JAVA_HOME", folder.resolve("my jdk").toString(),
                "DREAM_JAVA", folder.resolve("your jdk").toString());

        assertThat(run(javaHome, "jobs").out).contains("java " + folder.resolve("my jdk"));
        assertThat(run(both, "jobs").out).contains("java " + folder.resolve("your jdk"));
    }

    @Test
    void passesOverAJavaThatIsTooOld() throws Exception {
        jdk(folder.resolve("old"), "1.8.0_402");

        assertThat(run(Map.of("JAVA_HOME", folder.resolve("old").toString()), "jobs").out)
                .contains("java " + home.resolve(".jdks/jdk-98"));
    }

    @Test
    void refusesAnUnusableJavaThatIsNamed() throws Exception {
        Outcome outcome = run(Map.of("DREAM_JAVA", folder.resolve("nothing").toString()), "jobs");

        assertThat(outcome.status).isEqualTo(3);
        assertThat(outcome.err).startsWith("dream: DREAM_JAVA is ").hasLineCount(1);
    }

    @Test
    void tellsWhyABuildFailsAndTriesAgainNextTime() throws Exception {
        Files.writeString(root.resolve("broken"), "");

        Outcome failed = run("jobs");
        Files.delete(root.resolve("broken"));

        assertThat(failed.status).isEqualTo(4);
        assertThat(failed.out).isEmpty();
        assertThat(failed.err).contains("[ERROR] a line is wrong", "dream: the build failed; ");
        assertThat(run("jobs").status).isZero();
    }

    @Test
    void twoProcessesAtOnceBuildOnce() throws Exception {
        Files.writeString(root.resolve("slow"), "1");

        Process one = start(Map.of(), "one");
        Process two = start(Map.of(), "two");

        assertThat(finish(one).out).contains("<one>");
        assertThat(finish(two).out).contains("<two>");
        assertThat(builds()).hasSize(1);
    }

    @Test
    void twoProcessesAtOnceBuildOnceWhereTheSystemHasNoFlock() throws Exception {
        Files.writeString(root.resolve("slow"), "1");
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool :
                List.of("sh", "cat", "find", "mkdir", "mv", "readlink", "rm", "sleep", "stty", "tail", "touch")) {
            Files.createSymbolicLink(tools.resolve(tool), tool(tool));
        }
        Map<String, String> path = Map.of("PATH", tools.toString());

        Process one = start(path, "one");
        Process two = start(path, "two");

        assertThat(finish(one).out).contains("<one>");
        assertThat(finish(two).out).contains("<two>");
        assertThat(builds()).hasSize(1);
    }

    private static Path tool(String name) {
        for (String directory : System.getenv("PATH").split(":", -1)) {
            Path file = Path.of(directory, name);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        throw new IllegalStateException("There is no " + name + " on the PATH");
    }

    @Test
    void aKilledBuildLeavesNothingThatLooksFinished() throws Exception {
        Files.writeString(root.resolve("slow"), "2");
        Process killed = start(Map.of(), "jobs");
        while (!Files.exists(root.resolve("built"))) {
            Thread.sleep(20);
        }
        killed.destroyForcibly().waitFor();
        Files.delete(root.resolve("slow"));

        assertThat(run("jobs").out).contains("<jobs>");
        assertThat(builds()).hasSize(2);
    }

    @Test
    void worksThroughLinksFromAnywhere() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), root.resolve("dream"));
        Path second = Files.createSymbolicLink(home.resolve("dream"), Path.of("..", "link"));

        assertThat(link).isSymbolicLink();
        assertThat(finish(start(second, Map.of(), "jobs")).out).contains("<jobs>");
    }

    @Test
    void readsPromptsBeyondAsciiInThePlainLocale() throws Exception {
        assertThat(run(Map.of("LANG", "C"), "jobs").out).contains("locale C.UTF-8");
        assertThat(run(Map.of(), "jobs").out).contains("locale C.UTF-8");
        assertThat(run(Map.of("LANG", "de_DE.UTF-8"), "jobs").out).contains("locale none");
    }

    private record Outcome(int status, String out, String err) {}

    private Outcome run(String... args) throws Exception {
        return run(Map.of(), args);
    }

    private Outcome run(Map<String, String> variables, String... args) throws Exception {
        return finish(start(variables, args));
    }

    private Process start(Map<String, String> variables, String... args) throws IOException {
        return start(root.resolve("dream"), variables, args);
    }

    private Process start(Path launcher, Map<String, String> variables, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        Path err = Files.createTempFile(folder, "err", "");
        builder.redirectError(err.toFile());
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment().putAll(variables);
        builder.environment().put("HOME", home.toString());
        Process process = builder.start();
        errors.put(process.pid(), err);
        return process;
    }

    private Outcome finish(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), out, Files.readString(errors.get(process.pid())));
    }

    private List<String> builds() throws IOException {
        return Files.readAllLines(root.resolve("built"));
    }

    private void source(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "", StandardOpenOption.CREATE_NEW);
    }

    private static void jdk(Path folder, String version) throws IOException {
        Files.createDirectories(folder.resolve("bin"));
        script(folder.resolve("bin/java"), JAVA);
        script(folder.resolve("bin/javac"), "#!/bin/sh\n");
        Files.writeString(folder.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        executable(file);
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
