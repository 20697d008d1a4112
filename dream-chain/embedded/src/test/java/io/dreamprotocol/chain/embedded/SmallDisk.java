package io.dreamprotocol.chain.embedded;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A small file system in memory, which only root can mount; tests that need it are skipped elsewhere. */
final class SmallDisk implements AutoCloseable {
    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    static SmallDisk mount(Path folder, int kibibytes) {
        assumeTrue(
                runs(List.of("mount", "-t", "tmpfs", "-o", "size=" + kibibytes + "k", "tmpfs", folder.toString())),
                "Skipped: mounting a small file system needs root on Linux");
        return new SmallDisk(folder);
    }

    Path folder() {
        return folder;
    }

    void makeReadOnly() {
        assumeTrue(runs(List.of("mount", "-o", "remount,ro", folder.toString())), "Skipped: remounting failed");
    }

    @Override
    public void close() {
        boolean unused = runs(List.of("umount", "-l", folder.toString()));
    }

    private static boolean runs(List<String> command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .onExit()
                            .join()
                            .exitValue()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
