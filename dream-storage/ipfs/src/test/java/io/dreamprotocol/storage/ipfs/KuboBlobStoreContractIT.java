package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.storage.testkit.BlobStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class KuboBlobStoreContractIT extends BlobStoreContract {
    @TempDir
    private static Path folder;

    private static Kubo kubo;

    @BeforeAll
    static void startKubo() throws Exception {
        kubo = Kubo.start(folder.resolve("repository"));
    }

    @AfterAll
    static void stopKubo() {
        if (kubo != null) {
            kubo.close();
        }
    }

    @Override
    protected BlobStore open() {
        try {
            return new KuboBlobStore(KuboSettings.of(kubo.api()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected boolean damage(Cid block) throws IOException {
        Path file = kubo.fileOf(block);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
        return true;
    }

    @Override
    protected boolean remove(Cid block) throws IOException {
        Files.delete(kubo.fileOf(block));
        return true;
    }

    @Override
    protected boolean repairsWhatIsStoredAgain() {
        return false;
    }
}
