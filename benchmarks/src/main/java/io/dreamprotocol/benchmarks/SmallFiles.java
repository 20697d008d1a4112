package io.dreamprotocol.benchmarks;

import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.DagStore;
import io.dreamprotocol.storage.embedded.FileBlobStore;
import io.dreamprotocol.storage.ipfs.KuboBlobStore;
import io.dreamprotocol.storage.ipfs.KuboSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The rates at which the embedded store and a real Kubo take small files, each kept and on the disk when it is acknowledged: one
 * after the other, from eight threads, and as one folder; the best of four rounds.
 *
 * <p>Arguments: the number of files (2,000) and their bytes (4,096). Kubo's binary is the one that {@code dream-storage/ipfs/kubo/build}
 * makes, or that {@code DREAM_KUBO} names; without one, only the embedded store is measured.
 */
public final class SmallFiles {
    private static final int THREADS = 8;
    private static final int ROUNDS = 4;

    private final int count;
    private final int bytes;
    private final Random random = new Random(1);

    private SmallFiles(int count, int bytes) {
        this.count = count;
        this.bytes = bytes;
    }

    /**
     * Measures and prints the rates.
     *
     * @param arguments the number of files, and the bytes of each
     * @throws Exception if a store fails
     */
    public static void main(String[] arguments) throws Exception {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2_000;
        int bytes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4_096;
        Path scratch = Files.createTempDirectory("small-files");
        try {
            new SmallFiles(count, bytes).run(scratch);
        } finally {
            delete(scratch);
        }
    }

    /** Files a second. */
    private record Rates(double oneByOne, double threads, double folder) {}

    private void run(Path scratch) throws Exception {
        System.out.printf(Locale.ROOT, "%d files of %d bytes, kept and on the disk; files a second%n", count, bytes);
        System.out.printf(Locale.ROOT, "%-10s %12s %12s %12s%n", "", "one by one", THREADS + " threads", "one folder");
        Rates embedded;
        try (FileBlobStore store = FileBlobStore.open(scratch.resolve("blobs"))) {
            embedded = measure(store, scratch);
        }
        print("embedded", embedded);
        Optional<Path> kubo = kubo();
        if (kubo.isEmpty()) {
            System.out.println("Kubo is not here; dream-storage/ipfs/kubo/build builds it");
            return;
        }
        Rates real;
        try (Daemon daemon = new Daemon(kubo.get(), scratch.resolve("kubo"));
                KuboBlobStore store = new KuboBlobStore(KuboSettings.of(daemon.api()))) {
            real = measure(store, scratch);
        }
        print("Kubo", real);
        System.out.printf(
                Locale.ROOT,
                "%-10s %11.1fx %11.1fx %11.1fx%n",
                "",
                embedded.oneByOne / real.oneByOne,
                embedded.threads / real.threads,
                embedded.folder / real.folder);
    }

    private static void print(String name, Rates rates) {
        System.out.printf(
                Locale.ROOT, "%-10s %12.0f %12.0f %12.0f%n", name, rates.oneByOne, rates.threads, rates.folder);
    }

    private static Optional<Path> kubo() {
        String named = System.getenv("DREAM_KUBO");
        Path binary = named != null
                ? Path.of(named)
                : Path.of(System.getProperty("user.home"), ".cache", "dream", "kubo", "ipfs");
        return Optional.of(binary).filter(Files::isExecutable);
    }

    private Rates measure(DagStore store, Path scratch) throws Exception {
        Rates best = new Rates(0, 0, 0);
        Path folder = Files.createDirectories(scratch.resolve("files"));
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < count; i++) {
                Files.write(folder.resolve("file-" + i), content());
            }
            best = new Rates(
                    Math.max(best.oneByOne, rate(() -> oneByOne(store, count))),
                    Math.max(best.threads, rate(() -> fromThreads(store))),
                    Math.max(best.folder, rate(() -> store.putFolder(folder, read -> {}))));
        }
        return best;
    }

    private double rate(Callable<?> work) throws Exception {
        long start = System.nanoTime();
        Object unused = work.call();
        return count * 1e9 / (System.nanoTime() - start);
    }

    private Void oneByOne(BlobStore store, int files) {
        for (int i = 0; i < files; i++) {
            store.keep(store.put(content()));
        }
        return null;
    }

    private Void fromThreads(BlobStore store) throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<Void>> parts = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                parts.add(() -> oneByOne(store, count / THREADS));
            }
            for (Future<Void> part : executor.invokeAll(parts)) {
                part.get();
            }
        }
        return null;
    }

    private synchronized byte[] content() {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return content;
    }

    /** A Kubo node with its own settings, as {@code ipfs init} makes them, that speaks to no other. */
    private static final class Daemon implements AutoCloseable {
        private final Path binary;
        private final Path repository;
        private final Process process;

        Daemon(Path binary, Path repository) throws IOException, InterruptedException {
            this.binary = binary;
            this.repository = repository;
            run("init", "--empty-repo");
            run("config", "Addresses.API", "/ip4/127.0.0.1/tcp/0");
            run("config", "Addresses.Gateway", "/ip4/127.0.0.1/tcp/0");
            run("config", "--json", "Addresses.Swarm", "[]");
            process = command("daemon", "--offline").start();
            BufferedReader out = process.inputReader();
            String line = out.readLine();
            while (line != null && !line.contains("Daemon is ready")) {
                line = out.readLine();
            }
        }

        URI api() throws IOException {
            String address = Files.readString(repository.resolve("api")).strip();
            return URI.create("http://127.0.0.1:" + address.substring(address.lastIndexOf('/') + 1));
        }

        private void run(String... arguments) throws IOException, InterruptedException {
            Process command = command(arguments)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (command.waitFor() != 0) {
                throw new IOException("ipfs " + String.join(" ", arguments) + " failed");
            }
        }

        private ProcessBuilder command(String... arguments) {
            List<String> command = new ArrayList<>(List.of(binary.toString()));
            command.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("IPFS_PATH", repository.toString());
            builder.environment().put("IPFS_TELEMETRY", "off");
            return builder;
        }

        @Override
        public void close() throws IOException {
            process.destroy();
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
