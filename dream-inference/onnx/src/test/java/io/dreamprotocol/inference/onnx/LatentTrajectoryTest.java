package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.HiresPass;
import io.dreamprotocol.core.image.HiresPass.Upscaler;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.core.image.StyleUse;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.trajectory.LatentCommitment;
import io.dreamprotocol.core.trajectory.LatentLeaf;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionImageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The latents that a receipt commits to: opened, and made again from those before. */
class LatentTrajectoryTest {
    private static DiffusionImageModel model;

    private final Map<Cid, byte[]> blobs = new HashMap<>();

    @BeforeAll
    static void open() {
        model = DiffusionImageModel.load(
                "sd15",
                ModelFolder.open(GoldenFiles.root().resolve("pipelines/sd15/model")),
                OnnxRuntime.start(OnnxOptions.defaults()));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @ParameterizedTest
    @CsvSource({
        "DDIM, 6, 0",
        "Euler, 6, 0",
        "Euler a, 6, 0",
        "DPM++ 2M Karras, 6, 1",
        "DPM++ 2M SDE, 6, 1",
        "DPM++ 3M SDE, 6, 2",
        "Heun, 11, 2",
        "DPM2 a, 11, 1",
        "LMS, 6, 3",
        "UniPC, 6, 3",
        "DEIS, 6, 1"
    })
    void everyStepFollowsFromTheLeafBeforeIt(String scheduler, int calls, int remembered) {
        CanonicalRequest request = request(scheduler, 6, RequestOptions.NONE);
        List<LatentLeaf> leaves = new ArrayList<>();
        ModelOutput output = generate(request, leaves);
        LatentCommitment commitment = output.latents().orElseThrow();

        assertThat(leaves).hasSize(calls + 1);
        assertThat(commitment.leaves()).isEqualTo(calls + 1);
        assertThat(leaves.stream().mapToInt(leaf -> leaf.history().size()).max())
                .hasValue(remembered);
        MerkleTree tree = tree(leaves);
        for (int i = 0; i < calls; i++) {
            assertThat(commitment.verify(leaves.get(i), tree.proof(i))).isTrue();
            assertThat(commitment.verify(leaves.get(i), tree.proof(i + 1))).isFalse();
            assertThat(redo(request, leaves.get(i)))
                    .as("what follows step %d", i)
                    .isEqualTo(leaves.get(i + 1));
        }
    }

    @Test
    void theFirstLeafIsTheNoiseOfTheSeed() {
        List<LatentLeaf> leaves = new ArrayList<>();
        generate(request("DDIM", 3, RequestOptions.NONE), leaves);

        float[] noise = new float[4 * 8 * 8];
        NoiseKind.CPU.source(7).fill(noise);
        LatentLeaf first = leaves.getFirst();
        assertThat(first.latents()).isEqualTo(noise);
        assertThat(first.shape()).containsExactly(1, 4, 8, 8);
        assertThat(first.history()).isEmpty();
    }

    @Test
    void bothPassesAreCommittedTo() {
        RequestOptions hires = RequestOptions.NONE.withHires(new HiresPass(1.5, 4, 0.5, Upscaler.LANCZOS));
        CanonicalRequest request = request("DPM++ 2M", 4, hires);
        List<LatentLeaf> leaves = new ArrayList<>();
        ModelOutput output = generate(request, leaves);

        assertThat(leaves).extracting(LatentLeaf::pass).containsExactly(0, 0, 0, 0, 0, 1, 1, 1);
        assertThat(leaves).extracting(LatentLeaf::call).containsExactly(0, 1, 2, 3, 4, 0, 1, 2);
        assertThat(leaves.getLast().shape()).containsExactly(1, 4, 12, 12);
        assertThat(output.latents()).hasValue(LatentCommitment.of(tree(leaves)));
        for (int i : List.of(0, 3, 5, 6)) {
            assertThat(redo(request, leaves.get(i))).isEqualTo(leaves.get(i + 1));
        }
    }

    @Test
    void aStyleThatWasLeftOutShowsInASingleStep() throws IOException {
        byte[] file = Files.readAllBytes(GoldenFiles.root().resolve("lora/style_a_kohya.safetensors"));
        blobs.put(UnixFsFile.cidOf(file), file);
        StyleUse style = new StyleUse("a", UnixFsFile.cidOf(file), 1, 1);
        CanonicalRequest styled = request("DDIM", 4, RequestOptions.NONE.withStyles(List.of(style)));
        CanonicalRequest plain = request("DDIM", 4, RequestOptions.NONE);
        List<LatentLeaf> honest = new ArrayList<>();
        List<LatentLeaf> cheated = new ArrayList<>();
        generate(styled, honest);
        generate(plain, cheated);

        assertThat(redo(styled, honest.get(2))).isEqualTo(honest.get(3));
        assertThat(redo(styled, cheated.get(2))).isNotEqualTo(cheated.get(3));
    }

    @Test
    void theSameRequestCommitsToTheSame() {
        CanonicalRequest request = request("DPM++ 2M SDE", 5, RequestOptions.NONE);

        assertThat(generate(request, new ArrayList<>()).latents())
                .isEqualTo(generate(request, new ArrayList<>()).latents());
        assertThat(generate(request("DPM++ 2M", 5, RequestOptions.NONE), new ArrayList<>())
                        .latents())
                .isNotEqualTo(generate(request, new ArrayList<>()).latents());
    }

    @Test
    void leavesThatNoStepBeginsWithAreRefused() {
        CanonicalRequest request = request("DPM++ 2M", 4, RequestOptions.NONE);
        List<LatentLeaf> leaves = new ArrayList<>();
        generate(request, leaves);
        LatentLeaf leaf = leaves.get(2);

        assertRefused(request, leaves.getLast());
        assertRefused(request, LatentLeaf.of(0, 2, leaf.shape(), leaf.latents(), List.of()));
        assertRefused(request, LatentLeaf.of(1, 2, leaf.shape(), leaf.latents(), leaf.history()));
        assertRefused(request, LatentLeaf.of(0, 2, new int[] {1, 4, 4, 16}, leaf.latents(), leaf.history()));
        assertRefused(request("DDIM", 4, RequestOptions.NONE), leaf);
    }

    private void assertRefused(CanonicalRequest request, LatentLeaf leaf) {
        DreamException error = catchThrowableOfType(DreamException.class, () -> redo(request, leaf));
        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    private static MerkleTree tree(List<LatentLeaf> leaves) {
        MerkleTree.Builder builder = MerkleTree.builder();
        leaves.forEach(leaf -> builder.add(leaf.encode()));
        return builder.build();
    }

    private BlobSource source() {
        return RequestOptionsGoldenTest.source(blobs);
    }

    private LatentLeaf redo(CanonicalRequest request, LatentLeaf leaf) {
        return model.redo(request, source(), leaf, new Cancellation());
    }

    private ModelOutput generate(CanonicalRequest request, List<LatentLeaf> leaves) {
        ProgressListener listener = new ProgressListener() {
            @Override
            public void onProgress(Progress progress) {}

            @Override
            public void onLatents(LatentLeaf leaf) {
                leaves.add(leaf);
            }
        };
        return model.generate(request, source(), listener, new Cancellation());
    }

    private static CanonicalRequest request(String scheduler, int steps, RequestOptions options) {
        return new CanonicalRequest("a cat", "", model.descriptor().id(), 64, 64, steps, 5, 7, scheduler, options);
    }
}
