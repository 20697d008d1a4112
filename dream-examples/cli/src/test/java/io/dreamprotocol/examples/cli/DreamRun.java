package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.Cancellation;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One run of the command inside the test, with its own data folder and current folder. */
record DreamRun(int status, String out, String err) {
    /** Runs a command in a folder, whose {@code data} folder it uses. */
    static DreamRun in(Path folder, String... args) {
        return with(Terminal.Abilities.NONE, folder, new Cancellation(), args);
    }

    static DreamRun with(Terminal.Abilities abilities, Path folder, Cancellation interrupt, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Map<String, String> environment =
                Map.of(DataFolder.VARIABLE, folder.resolve("data").toString());
        Terminal terminal = new Terminal(out, err, StandardCharsets.UTF_8, abilities);
        int status = new Dream(new Context(terminal, environment, folder, interrupt, () -> {})).run(args);
        return new DreamRun(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Generates a small image, and expects that to work. */
    static DreamRun generate(Path folder, String... args) {
        List<String> all = new ArrayList<>(List.of("generate", "--steps", "2", "--width", "64", "--height", "64"));
        all.addAll(List.of(args));
        DreamRun run = in(folder, all.toArray(String[]::new));
        if (run.status != ExitStatus.OK) {
            throw new AssertionError(run.err);
        }
        return run;
    }

    List<String> outLines() {
        return out.lines().toList();
    }

    /** Returns what a line of the results says behind its heading. */
    String value(String heading) {
        return out.lines()
                .filter(line -> line.startsWith(heading + " "))
                .map(line -> line.substring(heading.length()).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + heading + " in " + out + err));
    }
}
