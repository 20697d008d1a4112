package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.storage.DagStore;
import io.dreamprotocol.storage.testkit.DagStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class KuboDagStoreContractIT extends DagStoreContract {
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
    protected DagStore open() {
        try {
            return new KuboBlobStore(KuboSettings.of(kubo.api()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
