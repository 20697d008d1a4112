package io.dreamprotocol.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills processes that pin, collect, evict, repair and import, two at a time on one store, at random moments. What was pinned is
 * whole afterwards, no pin is lost, and nothing half-written stays. {@code -Ddream.kills=N} kills N of each sort.
 */
class StoreCrashTest {
    private static final Pattern LINE = Pattern.compile("(\\w+) (\\d+) (baf[a-z2-7]{56})");
    private static final int MOST_MILLIS = 150;

    private final SplittableRandom random = new SplittableRandom();
    private final Set<Cid> pinned = new HashSet<>();
    private long nextSeed = 1;
    private int acknowledged;

    @TempDir
    private Path parent;

    int kills() {
        return Integer.getInteger("dream.kills", 4);
    }

    @Test
    void pinsOutliveKillsBesideCollections() throws Exception {
        killInPairs(StoreWorkload.Kind.PIN, StoreWorkload.Kind.COLLECT);
    }

    @Test
    void pinsOutliveKillsWhenTheQuotaIsFull() throws Exception {
        killInPairs(StoreWorkload.Kind.QUOTA, StoreWorkload.Kind.QUOTA);
        try (FileBlobStore store = FileBlobStore.open(blobs())) {
            // Also pins that are on the disk and whose process was killed before it could say so.
            List.copyOf(store.pins()).forEach(store::unpin);
            store.collectGarbage(StoreWorkload.NO_GRACE);
            assertThat(store.bytes()).isZero();
        }
    }

    @Test
    void importsOfCarsOutliveKills() throws Exception {
        killInPairs(StoreWorkload.Kind.CAR, StoreWorkload.Kind.COLLECT);
    }

    @Test
    void importsOfFoldersOutliveKills() throws Exception {
        killInPairs(StoreWorkload.Kind.FOLDER, StoreWorkload.Kind.COLLECT);
    }

    @Test
    void aRepairThatIsKilledIsRepeated() throws Exception {
        Path healthy = parent.resolve("healthy");
        List<Cid> cids = new ArrayList<>();
        try (FileBlobStore store = FileBlobStore.open(blobs(), Long.MAX_VALUE, StoreWorkload.SIZES);
                FileBlobStore other = FileBlobStore.open(healthy)) {
            for (int seed = 1; seed <= 12; seed++) {
                byte[] content = BlobPutter.content(seed);
                cids.add(store.put(content));
                other.put(content);
                store.pin(cids.getLast());
                pinned.add(cids.getLast());
            }
        }
        for (int kill = 0; kill < kills(); kill++) {
            List<Cid> blocks = new ArrayList<>(StoreChecks.blocks(blobs()));
            for (int i = 0; i < 3; i++) {
                Tampering tampering = new Tampering(blobs());
                Cid cid = blocks.get(random.nextInt(blocks.size()));
                if (i == 0 && !cids.contains(cid)) {
                    tampering.remove(cid);
                } else if (!cid.equals(UnixFsFile.cidOf(new byte[0]))) {
                    tampering.damage(cid);
                }
                blocks.remove(cid);
            }
            runAndKill(StoreWorkload.Kind.REPAIR, healthy);
            try (FileBlobStore store = FileBlobStore.open(blobs());
                    FileBlobStore other = FileBlobStore.open(healthy)) {
                assertThat(new Layout(blobs()).writing()).isEmptyDirectory();
                assertThat(store.repair(other)).isEmpty();
                assertThat(store.pins()).containsExactlyInAnyOrderElementsOf(pinned);
            }
        }
        assertStoreIsSound();
    }

    private Path blobs() {
        return parent.resolve("blobs");
    }

    private void killInPairs(StoreWorkload.Kind first, StoreWorkload.Kind second) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int kill = 0; kill < kills(); kill += 2) {
                List<Callable<List<String>>> runs = new ArrayList<>();
                for (StoreWorkload.Kind kind : List.of(first, second)) {
                    Path scratch = Files.createDirectories(parent.resolve("scratch-" + nextSeed));
                    runs.add(() -> runAndKill(kind, scratch));
                }
                Set<Cid> unpinned = new HashSet<>();
                for (Future<List<String>> run : threads.invokeAll(runs)) {
                    read(run.get(), unpinned);
                }
                // Two processes may pin the same, and what one takes back the other does not have.
                pinned.removeAll(unpinned);
                assertStoreIsSound();
                if (random.nextInt(4) == 0) {
                    startAfresh();
                }
            }
        }
        assertThat(acknowledged).isGreaterThanOrEqualTo(kills() / 2);
    }

    private void read(List<String> lines, Set<Cid> unpinned) {
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                continue; // the last, when the process was killed
            }
            Cid cid = Cid.parse(matcher.group(3));
            switch (matcher.group(1)) {
                case "pinned" -> pinned.add(cid);
                case "unpin" -> unpinned.add(cid);
                default -> {}
            }
            acknowledged++;
        }
    }

    private void assertStoreIsSound() throws IOException {
        try (FileBlobStore store = FileBlobStore.open(blobs())) {
            assertThat(new Layout(blobs()).writing()).isEmptyDirectory();
            assertThat(store.verify()).isEmpty();
            assertThat(store.pins()).containsAll(pinned);
            store.collectGarbage(StoreWorkload.NO_GRACE);
            assertThat(store.verify()).isEmpty();
        }
        StoreChecks.assertNothingHalfWritten(blobs());
    }

    /** Otherwise pins that nobody takes back any more would fill the disk. */
    private void startAfresh() {
        try (FileBlobStore store = FileBlobStore.open(blobs())) {
            store.pins().forEach(store::unpin);
            pinned.clear();
        }
    }

    /** Returns what the process printed before it was killed, some time after its first line. */
    private List<String> runAndKill(StoreWorkload.Kind kind, Path scratch) throws Exception {
        long seed;
        int millis;
        synchronized (this) {
            seed = nextSeed;
            nextSeed += 1_000_000;
            millis = random.nextInt(MOST_MILLIS);
        }
        Process process = ChildJvm.start(
                StoreWorkload.class, kind.name(), blobs().toString(), Long.toString(seed), scratch.toString());
        List<String> lines = new ArrayList<>();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            long deadline = System.nanoTime() + millis * 1_000_000L;
            boolean killed = false;
            while (line != null) {
                lines.add(line);
                if (!killed && System.nanoTime() >= deadline) {
                    // Unlike the process's own method, the handle's leaves its output open.
                    killed = process.toHandle().destroyForcibly();
                }
                line = out.readLine();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return lines;
    }
}
