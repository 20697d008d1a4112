package io.dreamprotocol.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that stores blobs, at random moments; {@code -Ddream.kills=N} does it N times. */
class FileBlobStoreKillTest {
    private static final int KILLS = Integer.getInteger("dream.kills", 20);

    @Test
    void nothingAcknowledgedIsLostAndNothingHalfWrittenShows(@TempDir Path folder) throws Exception {
        SplittableRandom random = new SplittableRandom();
        int acknowledged = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            List<String> lines =
                    putUntilKilled(folder, 1_000_000L * kill, random.nextInt(30), random.nextInt(40_000_000));
            acknowledged += lines.size();

            try (BlobStore store = FileBlobStore.open(folder)) {
                StoreChecks.assertNothingHalfWritten(folder);
                for (String line : lines) {
                    byte[] content = BlobPutter.content(Long.parseLong(line.substring(0, line.indexOf(' '))));
                    Cid cid = Cid.parse(line.substring(line.indexOf(' ') + 1));
                    assertThat(store.read(cid, content.length)).isEqualTo(content);
                }
            }
        }
        assertThat(acknowledged).isGreaterThanOrEqualTo(KILLS);
    }

    /** Returns what the process printed before it was killed, some blobs and nanoseconds after its first. */
    private static List<String> putUntilKilled(Path folder, long seed, int blobs, int nanoseconds) throws Exception {
        Process process = ChildJvm.start(
                BlobPutter.class, folder.toString(), Long.toString(seed), Integer.toString(100_000), "1");
        List<String> lines = new ArrayList<>();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            while (line != null) {
                lines.add(line);
                if (lines.size() == blobs + 1) {
                    Thread.sleep(nanoseconds / 1_000_000, nanoseconds % 1_000_000);
                    process.toHandle()
                            .destroyForcibly(); // which, unlike the process's own method, leaves its output open
                }
                line = out.readLine();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return lines.stream().filter(line -> line.length() > 60).toList();
    }
}
