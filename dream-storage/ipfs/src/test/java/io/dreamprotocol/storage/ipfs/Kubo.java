package io.dreamprotocol.storage.ipfs;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dreamprotocol.core.encoding.Base32;
import io.dreamprotocol.core.storage.Cid;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A real Kubo node of its own, which speaks to no other. */
final class Kubo implements AutoCloseable {
    private static final Path BUILD = Path.of("kubo", "build");

    private final Path binary;
    private final Path repository;
    private Process daemon;

    private Kubo(Path binary, Path repository) {
        this.binary = binary;
        this.repository = repository;
    }

    /** Starts a node; where Kubo has not been built, skips the test, or builds it if integration tests are required. */
    static Kubo start(Path repository) throws IOException, InterruptedException {
        Kubo kubo = new Kubo(binary(), repository);
        kubo.run("init", "--profile=test", "--empty-repo");
        kubo.run("config", "Addresses.API", "/ip4/127.0.0.1/tcp/0");
        kubo.run("config", "Addresses.Gateway", "/ip4/127.0.0.1/tcp/0");
        kubo.run("config", "--json", "Addresses.Swarm", "[]");
        kubo.startDaemon();
        return kubo;
    }

    private static Path binary() throws IOException, InterruptedException {
        String named = System.getenv("DREAM_KUBO");
        Path built = named != null
                ? Path.of(named)
                : Path.of(System.getProperty("user.home"), ".cache", "dream", "kubo", "ipfs");
        if (!Boolean.getBoolean("dream.it.required")) {
            assumeTrue(Files.isExecutable(built), "Kubo is not here; dream-storage/ipfs/kubo/build builds it");
            return built;
        }
        return Path.of(
                output(new ProcessBuilder(BUILD.toAbsolutePath().toString())).getLast());
    }

    void startDaemon() throws IOException {
        daemon = command("daemon", "--offline").redirectErrorStream(true).start();
        // Left open, and its rest unread: a node says little once it runs.
        BufferedReader out = daemon.inputReader();
        String line = out.readLine();
        while (line != null && !line.contains("Daemon is ready")) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException("Kubo did not start");
        }
    }

    /** Ends the daemon as a power cut would, as far as a process can feel one. */
    void kill() throws InterruptedException {
        daemon.destroyForcibly().waitFor();
    }

    URI api() throws IOException {
        String address = Files.readString(repository.resolve("api"), StandardCharsets.UTF_8)
                .strip();
        return URI.create("http://127.0.0.1:" + address.substring(address.lastIndexOf('/') + 1));
    }

    URI gateway() throws IOException {
        return URI.create(Files.readString(repository.resolve("gateway"), StandardCharsets.UTF_8)
                .strip());
    }

    KuboClient client() throws IOException {
        return new KuboClient(KuboSettings.of(api()));
    }

    /** Where the node keeps a block: named after the multihash, in a folder named after its last letters but one. */
    Path fileOf(Cid cid) {
        byte[] binary = cid.toBytes().toArray();
        String name =
                Base32.encode(Arrays.copyOfRange(binary, 2, binary.length)).toUpperCase(Locale.ROOT);
        return repository
                .resolve("blocks")
                .resolve(name.substring(name.length() - 3, name.length() - 1))
                .resolve(name + ".data");
    }

    /** Runs a command of Kubo and returns what it prints. */
    List<String> run(String... arguments) throws IOException, InterruptedException {
        return output(command(arguments));
    }

    /** Runs a command that reads bytes, and returns what it prints. */
    List<String> run(InputStream in, String... arguments) throws IOException, InterruptedException {
        Process process = command(arguments)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream out = process.getOutputStream()) {
            in.transferTo(out);
        }
        try (BufferedReader out = process.inputReader()) {
            List<String> lines = out.lines().toList();
            if (process.waitFor() != 0) {
                throw new IOException(List.of(arguments) + ": " + lines);
            }
            return lines;
        }
    }

    private ProcessBuilder command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("IPFS_PATH", repository.toString());
        builder.environment().put("IPFS_TELEMETRY", "off");
        return builder;
    }

    private static List<String> output(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        try (BufferedReader out = process.inputReader()) {
            List<String> lines = out.lines().toList();
            if (process.waitFor() != 0) {
                throw new IOException(builder.command() + ": " + lines);
            }
            return lines;
        }
    }

    @Override
    public void close() {
        daemon.destroy();
        try {
            if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            daemon.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
