package io.dreamprotocol.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.Dag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What must hold of a store's folder whatever happened to it. */
final class StoreChecks {
    private StoreChecks() {}

    static void assertNothingHalfWritten(Path folder) throws IOException {
        assertThat(new Layout(folder).writing()).isEmptyDirectory();
        BlockFiles files = new BlockFiles(new Layout(folder));
        for (Cid cid : blocks(folder)) {
            assertThat(Bytes.sha256(files.read(cid).orElseThrow())).isEqualTo(cid.digest());
        }
        assertThat(files.packs().damaged()).isEmpty();
        assertEveryBlobIsWhole(folder);
    }

    /** A root takes its place last: if it is there, so is all below it. */
    private static void assertEveryBlobIsWhole(Path folder) throws IOException {
        try (FileBlobStore store = FileBlobStore.open(folder)) {
            for (Cid cid : blocks(folder)) {
                if (cid.codec() == Cid.Codec.DAG_PB) {
                    Dag.walk(cid, store, below -> {
                        assertThat(store.has(below)).isTrue();
                        return true;
                    });
                }
            }
        }
    }

    /** All blocks, files and packed ones. */
    static Set<Cid> blocks(Path folder) throws IOException {
        Set<Cid> cids = new HashSet<>(new BlockFiles(new Layout(folder)).packed());
        blockFiles(folder).forEach(file -> cids.add(Cid.parse(file.getFileName().toString())));
        return cids;
    }

    static List<Path> blockFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("baf"))
                    .filter(file -> !file.startsWith(folder.resolve("pins")))
                    .toList();
        }
    }
}
