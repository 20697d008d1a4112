package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.storage.testkit.BlobStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract where every block goes to a pack, and a blob to several. */
class PackedBlobStoreContractTest extends BlobStoreContract {
    static final BlobWrite.PackSizes ALWAYS = new BlobWrite.PackSizes(1, 1, 600_000);

    @TempDir
    private Path folder;

    @Override
    protected BlobStore open() {
        return FileBlobStore.open(folder, Long.MAX_VALUE, ALWAYS);
    }

    @Override
    protected boolean damage(Cid block) throws IOException {
        new Tampering(folder).damage(block);
        return true;
    }

    @Override
    protected boolean remove(Cid block) throws IOException {
        new Tampering(folder).remove(block);
        return true;
    }
}
