package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.StorageTier;
import io.dreamprotocol.core.storage.TieredBlobStore;
import io.dreamprotocol.storage.testkit.BlobStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class TieredBlobStoreContractTest extends BlobStoreContract {
    @TempDir
    private Path folder;

    @Override
    protected BlobStore open() {
        return new TieredBlobStore(FileBlobStore.open(folder), List.of(StorageTier.reading(cid -> Optional.empty())));
    }

    @Override
    protected boolean damage(Cid block) throws IOException {
        Path file = new Layout(folder).fileOf(block);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
        return true;
    }

    @Override
    protected boolean remove(Cid block) throws IOException {
        Files.delete(new Layout(folder).fileOf(block));
        return true;
    }
}
