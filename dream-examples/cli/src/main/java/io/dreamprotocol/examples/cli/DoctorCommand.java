package io.dreamprotocol.examples.cli;

import com.sun.management.OperatingSystemMXBean;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.core.image.ImageModelProvider;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.onnx.ExecutionProvider;
import io.dreamprotocol.inference.onnx.OnnxOptions;
import io.dreamprotocol.inference.onnx.OnnxRuntime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Says what this machine has, and what to do about what it lacks. */
final class DoctorCommand implements Command {
    /** The launcher's file with the program's classes. */
    private static final String ARCHIVE_PROPERTY = "dream.archive";

    /** What the small model and the Java machine need together, in bytes: 1 GiB. */
    private static final long LEAST_MEMORY = 1L << 30;

    /** Below this, in bytes, the data folder will soon be full: 256 MiB. */
    private static final long LEAST_SPACE = 256L << 20;

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                name(),
                "Says what this machine has, and what to do about what is missing.",
                "Java, processor, memory, the engine and its execution providers, models, data folder, terminal.",
                "dream doctor");
    }

    @Override
    public int run(Arguments arguments, Context context) {
        Findings findings = new Findings(context.terminal());
        java(findings);
        machine(findings);
        engine(findings);
        models(findings);
        data(arguments, context, findings);
        terminal(context, findings);
        return findings.conclude();
    }

    private static void java(Findings findings) {
        findings.good(
                "Java",
                System.getProperty("java.runtime.version") + " (" + System.getProperty("java.vendor") + ") at "
                        + System.getProperty("java.home"));
        String archive = System.getProperty(ARCHIVE_PROPERTY);
        if (archive == null) {
            findings.note(
                    "start-up", "slow", "start the program by its launcher, ./dream, which keeps its classes ready");
        } else if (Path.of(archive).toFile().length() == 0) {
            findings.note("start-up", "slower", "this Java makes no archive of classes; a complete JDK does");
        } else {
            findings.good("start-up", "fast, by " + archive);
        }
    }

    private static void machine(Findings findings) {
        findings.good(
                "processor",
                Runtime.getRuntime().availableProcessors() + " cores, " + System.getProperty("os.arch") + ", "
                        + System.getProperty("os.name") + " " + System.getProperty("os.version"));
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            long total = system.getTotalMemorySize();
            String text =
                    size(system.getFreeMemorySize()) + " free of " + size(total) + "; Java's own share is at most "
                            + size(Runtime.getRuntime().maxMemory());
            if (total >= LEAST_MEMORY) {
                findings.good("memory", text);
            } else {
                findings.note("memory", text, "dream-mini needs about " + size(LEAST_MEMORY));
            }
        }
    }

    private static void engine(Findings findings) {
        try {
            OnnxRuntime runtime = OnnxRuntime.start(OnnxOptions.defaults());
            EngineInfo engine = runtime.engine(ElementType.FLOAT32);
            String path = System.getProperty("onnxruntime.native.path");
            findings.good(
                    "engine",
                    engine.name() + " " + engine.version() + ", native library "
                            + (path == null ? "unpacked from its jar" : "in " + path));
        } catch (DreamException e) {
            findings.bad("engine", e);
            return;
        }
        for (ExecutionProvider provider : ExecutionProvider.values()) {
            try {
                OnnxRuntime.start(OnnxOptions.defaults().withProvider(provider));
                findings.good("provider", provider.id());
            } catch (DreamException e) {
                findings.note("provider", provider.id() + " is not there", e.getMessage());
            }
        }
    }

    private static void models(Findings findings) {
        List<String> names = new ArrayList<>();
        for (ImageModelProvider provider : ServiceLoader.load(ImageModelProvider.class)) {
            names.addAll(provider.names());
        }
        if (names.isEmpty()) {
            findings.note("models", "none", "add the artifact dream-inference-models, or name a folder with --model");
        } else {
            findings.good("models", String.join(", ", names));
        }
    }

    private static void data(Arguments arguments, Context context, Findings findings) {
        DataFolder data = DataFolder.of(arguments, context);
        Path path = data.path();
        try {
            Path existing = existing(path);
            long space = Files.getFileStore(existing).getUsableSpace();
            boolean there = existing.equals(path);
            String text =
                    path + (there ? ", " : " (made by the first command that needs it), ") + size(space) + " free";
            if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
                findings.bad(
                        "data folder",
                        new StorageException(
                                ErrorCode.STORE_READ_ONLY,
                                "The data folder " + path + " cannot be written; make " + existing
                                        + " writable, or choose another with --data or DREAM_HOME"));
                return;
            }
            if (space < LEAST_SPACE) {
                findings.note("data folder", text, "free some space, or choose another folder with --data");
            } else {
                findings.good("data folder", text);
            }
            if (!there) {
                return;
            }
        } catch (IOException e) {
            findings.bad("data folder", FileErrors.reading("the data folder " + path, e));
            return;
        }
        try (Workspace workspace = Workspace.open(arguments, context)) {
            findings.good("ledger", workspace.ledger().info().id());
            findings.good("store", data.storeAddress(arguments, context));
        } catch (DreamException e) {
            findings.bad("ledger", e);
        }
    }

    private static Path existing(Path path) throws IOException {
        Path existing = path;
        while (!Files.exists(existing)) {
            Path parent = existing.getParent();
            if (parent == null) {
                throw new IOException("there is no such folder");
            }
            existing = parent;
        }
        return existing;
    }

    private static void terminal(Context context, Findings findings) {
        Terminal.Abilities abilities = context.terminal().abilities();
        if (!abilities.outIsTerminal()) {
            findings.good("terminal", "none: the output goes to a file or a pipe");
        } else if (abilities.trueColour()) {
            findings.good(
                    "terminal",
                    abilities.columns() + "x" + abilities.rows() + ", true colour: pictures are shown in it");
        } else {
            findings.note(
                    "terminal",
                    abilities.columns() + "x" + abilities.rows() + ", no true colour: pictures are not shown in it",
                    "if it can show them, set COLORTERM=truecolor");
        }
    }

    private static String size(long bytes) {
        long tenths = Math.round(bytes * 10.0 / (1L << 30));
        return tenths / 10 + "." + tenths % 10 + " GiB";
    }

    /** What was found, printed as it is found. */
    private static final class Findings {
        private final Terminal terminal;
        private @Nullable DreamException worst;

        Findings(Terminal terminal) {
            this.terminal = terminal;
        }

        void good(String what, String text) {
            print("ok  ", what, text);
        }

        void note(String what, String text, String advice) {
            print("-   ", what, text);
            print("    ", "", advice);
        }

        void bad(String what, DreamException error) {
            print("BAD ", what, error.getMessage());
            worst = worst == null ? error : worst;
        }

        private void print(String mark, String what, String text) {
            terminal.line(mark + (what + " ".repeat(13)).substring(0, 13) + text);
        }

        int conclude() {
            if (worst != null) {
                throw worst;
            }
            return ExitStatus.OK;
        }
    }
}
