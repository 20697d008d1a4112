package io.dreamprotocol.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobStoreProcessesTest {
    /** Two of the processes store the same blobs, and each opens the store many times, which cleans up after the dead. */
    @Test
    void severalProcessesUseOneFolder(@TempDir Path folder) throws Exception {
        List<Process> processes = new ArrayList<>();
        for (String seed : List.of("0", "0", "1000", "2000")) {
            processes.add(ChildJvm.start(BlobPutter.class, folder.toString(), seed, "3", "12"));
        }
        try (BlobStore store = FileBlobStore.open(folder)) {
            for (int i = 0; i < 50; i++) {
                byte[] content = BlobPutter.content(i);
                assertThat(store.read(store.put(content), content.length)).isEqualTo(content);
            }
            for (Process process : processes) {
                String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(process.waitFor()).isZero();
                assertThat(out.lines()).hasSize(36);
                for (String line : out.lines().toList()) {
                    byte[] content = BlobPutter.content(Long.parseLong(line.substring(0, line.indexOf(' '))));
                    Cid cid = Cid.parse(line.substring(line.indexOf(' ') + 1));
                    assertThat(store.read(cid, content.length)).isEqualTo(content);
                }
            }
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
        StoreChecks.assertNothingHalfWritten(folder);
    }
}
