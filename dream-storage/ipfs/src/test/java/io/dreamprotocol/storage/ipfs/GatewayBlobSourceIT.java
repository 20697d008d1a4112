package io.dreamprotocol.storage.ipfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.storage.testkit.SampleStream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads through the gateway of a real node. */
class GatewayBlobSourceIT {
    private static final int CHUNK = UnixFsFile.CHUNK_BYTES;

    @Test
    void aRealGatewayGivesBlocksAndCars(@TempDir Path folder) throws Exception {
        try (Kubo kubo = Kubo.start(folder.resolve("repository"));
                KuboClient client = kubo.client()) {
            Cid large = client.add(new SampleStream(200L * CHUNK + 1), sent -> {});
            Cid small = client.add(new SampleStream(10), sent -> {});
            byte[] zeros = new byte[6 * CHUNK];
            zeros[3 * CHUNK] = 1;
            Cid repeated = client.add(new ByteArrayInputStream(zeros), sent -> {});

            List<Exception> faults = new ArrayList<>();
            try (GatewayBlobSource source = new GatewayBlobSource(
                    GatewaySettings.of(List.of(kubo.gateway())), (gateway, fault) -> faults.add(fault))) {
                try (InputStream in = source.open(large)) {
                    assertThat(in).hasSameContentAs(new SampleStream(200L * CHUNK + 1));
                }
                assertThat(source.read(small, 10)).isEqualTo(SampleStream.bytes(10));
                assertThat(source.read(repeated, zeros.length)).isEqualTo(zeros);
                Cid missing = Cid.of(Cid.Codec.RAW, new byte[] {1, 2, 3});
                Failures.assertFails(ErrorCode.BLOB_NOT_FOUND, () -> source.open(missing));
            }
            assertThat(faults).isEmpty();
        }
    }
}
