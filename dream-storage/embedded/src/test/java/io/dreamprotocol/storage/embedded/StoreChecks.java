package io.dreamprotocol.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What must hold of a store's folder whatever happened to it. */
final class StoreChecks {
    private StoreChecks() {}

    static void assertNothingHalfWritten(Path folder) throws IOException {
        assertThat(new Layout(folder).writing()).isEmptyDirectory();
        for (Path file : blockFiles(folder)) {
            Cid cid = Cid.parse(file.getFileName().toString());
            assertThat(Bytes.sha256(Files.readAllBytes(file))).isEqualTo(cid.digest());
        }
        assertEveryBlobIsWhole(folder);
    }

    /** A root takes its place last: if it is there, so is all below it. */
    private static void assertEveryBlobIsWhole(Path folder) throws IOException {
        try (BlobStore store = FileBlobStore.open(folder)) {
            for (Path file : blockFiles(folder)) {
                Cid cid = Cid.parse(file.getFileName().toString());
                if (cid.codec() == Cid.Codec.DAG_PB) {
                    try (InputStream in = store.open(cid)) {
                        in.transferTo(OutputStream.nullOutputStream());
                    }
                }
            }
        }
    }

    static List<Path> blockFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("baf"))
                    .filter(file -> !file.getParent().endsWith("pins"))
                    .toList();
        }
    }
}
