package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A run that shows the Java machine which classes the command needs, so that it can keep them ready in an archive. Everything
 * happens in a temporary folder; the user's data folder is not touched.
 *
 * <p>The launcher calls it after a build, under the options that record an archive.
 */
public final class Training {
    private static final Terminal.Abilities EVERYTHING = new Terminal.Abilities(true, true, 80, 50, true, true);

    private Training() {}

    /**
     * Uses the command in the ways that should start fast, and fails if one of them does.
     *
     * @param args not used
     * @throws IOException if the temporary folder cannot be made or deleted
     */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("dream-training-");
        int status = ExitStatus.OK;
        try {
            Map<String, String> environment =
                    Map.of(DataFolder.VARIABLE, folder.resolve("data").toString());
            Cancellation interrupt = new Cancellation();
            Terminal terminal = new Terminal(
                    OutputStream.nullOutputStream(),
                    OutputStream.nullOutputStream(),
                    StandardCharsets.UTF_8,
                    EVERYTHING);
            Dream dream =
                    new Dream(new Context(terminal, environment, folder, interrupt, new Signals(interrupt)::take));
            status = Math.max(status, dream.run("generate", "a red apple, flat style", "--seed", "7"));
            status = Math.max(status, dream.run("generate", "a cat", "--seed", "8", "--json", "--out", "cat.png"));
            status = Math.max(status, dream.run("verify", "cat.png"));
            status = Math.max(status, dream.run("jobs"));
            status = Math.max(status, dream.run("wallet"));
            status = Math.max(status, dream.run("--help"));
        } finally {
            delete(folder);
        }
        System.exit(status);
    }

    private static void delete(Path folder) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(folder)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
