package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.storage.DagStore;
import io.dreamprotocol.storage.testkit.DagStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

class FileDagStoreContractTest extends DagStoreContract {
    @TempDir
    private Path folder;

    @Override
    protected DagStore open() {
        return FileBlobStore.open(folder);
    }

    @Override
    protected void makeOld() throws IOException {
        makeOld(folder);
    }

    /** Sets the times of all files back by a day. */
    static void makeOld(Path folder) throws IOException {
        FileTime yesterday = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, yesterday);
            }
        }
    }
}
