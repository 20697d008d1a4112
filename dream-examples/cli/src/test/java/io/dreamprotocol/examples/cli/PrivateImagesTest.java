package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.SealedBlob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrivateImagesTest {
    @TempDir
    Path folder;

    private String cid;

    @BeforeEach
    void generate() {
        DreamRun run = DreamRun.generate(folder, "a diary", "--private", "--seed", "1", "--out", "diary.png");
        cid = run.value("CID").replaceAll(",.*", "");
    }

    @Test
    void theStoreHasASealedImageAndTheRequesterAReadableOne() throws IOException {
        try (BlobStore store = Backends.openBlobStore("embedded:" + folder.resolve("data"))) {
            assertThat(SealedBlob.isSealed(store.read(Cid.parse(cid), 1_000_000)))
                    .isTrue();
        }
        assertThat(DreamRun.in(folder, "verify", "diary.png").out()).startsWith("genuine");
        assertThat(DreamRun.in(folder, "get", cid, "--out", "opened.png").status())
                .isZero();
        assertThat(folder.resolve("opened.png")).hasSameBinaryContentAs(folder.resolve("diary.png"));
        String job = DreamRun.in(folder, "jobs").outLines().get(1).replaceAll(" .*", "");
        assertThat(DreamRun.in(folder, "show", job).value("private")).startsWith("sealed to the key ");
    }

    @Test
    void anotherCannotOpenIt() throws IOException {
        String store = "embedded:" + folder.resolve("data");
        DreamRun without = DreamRun.in(folder, "get", cid, "--out", "x.png", "--store", store, "--data", "other");
        assertThat(without.status()).isEqualTo(82);
        assertThat(without.err()).contains("is sealed, and this data folder has no key");

        DreamRun.generate(folder, "a fox", "--private", "--data", "other", "--out", "fox.png");
        DreamRun with = DreamRun.in(folder, "get", cid, "--out", "x.png", "--store", store, "--data", "other");
        assertThat(with.status()).isEqualTo(41);
        assertThat(folder.resolve("x.png")).doesNotExist();
        byte[] key = Files.readAllBytes(folder.resolve("data/keys/requester.seal"));
        assertThat(DreamRun.in(folder, "get", cid).err())
                .doesNotContain(new String(key, 65, 64, StandardCharsets.US_ASCII));
    }

    @Test
    void anImageLikeAPrivateOneIsSealedToNobody() {
        DreamRun run = DreamRun.generate(folder, "--like", "diary.png", "--out", "like.png", "--json");
        assertThat(run.out()).contains("\"private\":false");
    }
}
