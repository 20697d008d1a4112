package io.dreamprotocol.core.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.trajectory.LatentCommitment;
import io.dreamprotocol.core.trajectory.LatentLeaf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Leaves and receipts against the bytes that a script of its own makes of them ({@code golden/make/make_receipts.py}). */
class ReceiptGoldenTest {
    private static Map<String, Object> golden;

    @BeforeAll
    static void read() throws IOException {
        Path root = Path.of(Objects.requireNonNull(System.getProperty("dream.golden"), "dream.golden"));
        golden = JSON.std.mapFrom(Files.readString(root.resolve("receipts/receipts.json")));
    }

    @Test
    void leavesAndTheirRoot() {
        MerkleTree.Builder tree = MerkleTree.builder();
        for (Object each : (List<?>) golden.get("leaves")) {
            Map<?, ?> entry = (Map<?, ?>) each;
            List<float[]> history = new ArrayList<>();
            ((List<?>) entry.get("history")).forEach(array -> history.add(floats(array)));
            int[] shape = ((List<?>) entry.get("shape"))
                    .stream().mapToInt(size -> ((Number) size).intValue()).toArray();
            LatentLeaf leaf = LatentLeaf.of(
                    integer(entry.get("pass")),
                    integer(entry.get("call")),
                    shape,
                    floats(entry.get("latents")),
                    history);
            assertThat(HexFormat.of().formatHex(leaf.encode())).isEqualTo(entry.get("hex"));
            assertThat(LatentLeaf.decode(leaf.encode())).isEqualTo(leaf);
            tree.add(leaf.encode());
        }
        assertThat(tree.build().root().toHex()).isEqualTo(golden.get("root"));
    }

    @Test
    void aReceipt() {
        Bytes root = Bytes.of(HexFormat.of().parseHex((String) golden.get("root")));
        assertEncoding("receipt", receipt(Optional.of(new LatentCommitment(root, 5))));
    }

    @Test
    void aReceiptOfAnEngineThatShowsNoLatents() {
        assertEncoding("receipt_without_latents", receipt(Optional.empty()));
    }

    private static void assertEncoding(String name, Receipt receipt) {
        Map<?, ?> expected = (Map<?, ?>) golden.get(name);
        assertThat(HexFormat.of().formatHex(receipt.encode())).isEqualTo(expected.get("hex"));
        assertThat(Bytes.sha256(receipt.encode()).toHex()).isEqualTo(expected.get("sha256"));
        assertThat(Receipt.decode(receipt.encode())).isEqualTo(receipt);
    }

    private static Receipt receipt(Optional<LatentCommitment> latents) {
        List<ModelFile> files = List.of(new ModelFile("unet/model.onnx", 12, Bytes.sha256(new byte[12])));
        return new Receipt(
                Bytes.sha256("the request".getBytes(StandardCharsets.UTF_8)),
                new ModelId("dream-mini", ModelFile.digestOf(files)),
                files,
                7,
                "torch-cpu",
                "DPM++ 2M",
                new EngineInfo("onnxruntime", "1.28.0", "cpu", "float32"),
                List.of("execution provider cpu instead of cuda"),
                latents,
                UnixFsFile.cidOf("the image".getBytes(StandardCharsets.UTF_8)),
                -81985529216486896L,
                new AccountId("ed25519:" + "8a".repeat(32)));
    }

    private static int integer(Object value) {
        return ((Number) value).intValue();
    }

    private static float[] floats(Object list) {
        List<?> values = (List<?>) list;
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = ((Number) values.get(i)).floatValue();
        }
        return floats;
    }
}
