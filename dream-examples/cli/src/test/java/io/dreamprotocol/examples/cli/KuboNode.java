package io.dreamprotocol.examples.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real Kubo node of its own, which speaks to no other; the daemon of {@code dream-storage/ipfs}'s tests. */
final class KuboNode implements AutoCloseable {
    private static final Path BUILD = Path.of("..", "..", "dream-storage", "ipfs", "kubo", "build");

    private final Path binary;
    private final Path repository;
    private Process daemon;

    private KuboNode(Path binary, Path repository) {
        this.binary = binary;
        this.repository = repository;
    }

    /** Starts a node; where Kubo has not been built, skips the test, or builds it if integration tests are required. */
    static KuboNode start(Path repository) throws IOException, InterruptedException {
        KuboNode node = new KuboNode(binary(), repository);
        node.run("init", "--profile=test", "--empty-repo");
        node.run("config", "Addresses.API", "/ip4/127.0.0.1/tcp/0");
        node.run("config", "Addresses.Gateway", "/ip4/127.0.0.1/tcp/0");
        node.run("config", "--json", "Addresses.Swarm", "[]");
        node.startDaemon();
        return node;
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

    /** Returns the address of the store in this node. */
    String store() throws IOException {
        String address = Files.readString(repository.resolve("api"), StandardCharsets.UTF_8)
                .strip();
        return "ipfs:http://127.0.0.1:" + address.substring(address.lastIndexOf('/') + 1);
    }

    /** Returns the address of this node's gateway. */
    String gateway() throws IOException {
        return "gateway:"
                + Files.readString(repository.resolve("gateway"), StandardCharsets.UTF_8)
                        .strip();
    }

    /** Runs a command of Kubo and returns what it prints. */
    List<String> run(String... arguments) throws IOException, InterruptedException {
        return output(command(arguments));
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
