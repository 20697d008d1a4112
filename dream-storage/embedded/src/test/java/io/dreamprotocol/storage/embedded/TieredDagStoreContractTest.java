package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.storage.DagStore;
import io.dreamprotocol.core.storage.TieredBlobStore;
import io.dreamprotocol.storage.testkit.DagStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class TieredDagStoreContractTest extends DagStoreContract {
    @TempDir
    private Path near;

    @Override
    protected DagStore open() {
        return new TieredBlobStore(FileBlobStore.open(near), List.of());
    }

    @Override
    protected void makeOld() throws IOException {
        FileDagStoreContractTest.makeOld(near);
    }
}
