package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.storage.DagStore;
import io.dreamprotocol.storage.testkit.DagStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract where every block goes to a pack. */
class PackedDagStoreContractTest extends DagStoreContract {
    @TempDir
    private Path folder;

    @Override
    protected DagStore open() {
        return FileBlobStore.open(folder, Long.MAX_VALUE, PackedBlobStoreContractTest.ALWAYS);
    }

    @Override
    protected void makeOld() throws IOException {
        FileDagStoreContractTest.makeOld(folder);
    }
}
