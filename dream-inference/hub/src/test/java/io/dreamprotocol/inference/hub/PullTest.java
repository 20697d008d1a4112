package io.dreamprotocol.inference.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PullTest extends HubTest {
    private static final List<String> NEEDED = List.of(
            "model_index.json",
            "scheduler/scheduler_config.json",
            "text_encoder/config.json",
            "text_encoder/model.onnx",
            "tokenizer/merges.txt",
            "tokenizer/special_tokens_map.json",
            "tokenizer/tokenizer.json",
            "tokenizer/tokenizer_config.json",
            "tokenizer/vocab.json",
            "unet/config.json",
            "unet/model.onnx",
            "unet/model.onnx_data",
            "vae_decoder/config.json",
            "vae_decoder/model.onnx",
            "vae_encoder/config.json",
            "vae_encoder/model.onnx");

    @Test
    void onlyTheNeededFilesComeAndMakeAModelFolder() throws IOException {
        PulledModel model = pull();

        assertThat(filesIn(model.folder())).isEqualTo(NEEDED);
        assertThat(model.commit()).isEqualTo(LocalHub.COMMIT);
        assertThat(model.repository()).isEqualTo(LocalHub.REPOSITORY);
        assertThat(hub.seen)
                .extracting(LocalHub.Seen::subject)
                .noneMatch(path -> path.matches(".*(bin|safetensors|ckpt|msgpack|fp16.onnx)"));
        for (String path : NEEDED) {
            assertThat(model.folder().resolve(path)).hasBinaryContent(hub.files.get(path));
        }
    }

    @Test
    void theFilesAreThoseThatAModelFolderHashes() {
        PulledModel model = pull();

        assertThat(model.files()).isEqualTo(ModelFolder.open(model.folder()).files());
        assertThat(model.files()).extracting(ModelFile::path).isEqualTo(NEEDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd15", "sdxl", "inpaint", "controlnet", "lcm"})
    void everyKindOfModelComesWhole(String kind) throws IOException {
        hub.files.clear();
        hub.publish(LocalHub.golden(kind));

        PulledModel model = pull();

        assertThat(filesIn(model.folder())).containsExactlyElementsOf(hub.files.keySet());
        assertThat(model.files())
                .isEqualTo(ModelFolder.open(LocalHub.golden(kind)).files());
    }

    @Test
    void theCardSaysWhatThereIsToKnow() {
        ModelCard card = pull().card();

        assertThat(card.licence()).contains("apache-2.0");
        assertThat(card.baseModels()).containsExactly("dream/base");
        assertThat(card.tags()).contains("onnx");
    }

    @Test
    void theCardIsShortenedAndCleaned() {
        hub.description.put(
                "cardData",
                Map.of(
                        "license",
                        "other\u001b[31m\nmine",
                        "license_name",
                        List.of("x".repeat(1000)),
                        "license_link",
                        7,
                        "base_model",
                        List.of("a/b", 1, List.of())));

        ModelCard card = pull().card();

        assertThat(card.licence()).contains("other [31m mine");
        assertThat(card.licenceName().orElseThrow()).hasSizeLessThan(210);
        assertThat(card.licenceLink()).isEmpty();
        assertThat(card.baseModels()).containsExactly("a/b");
    }

    @Test
    void theLicenceMayBeInTheTagsAlone() {
        hub.description.remove("cardData");

        assertThat(pull().card().licence()).contains("apache-2.0");
    }

    @Test
    void aSecondPullFetchesNothingAgain() {
        PulledModel first = pull();
        long before = hub.seen.size();

        PulledModel second = pull();

        assertThat(second).isEqualTo(first);
        assertThat(hub.seen).hasSize((int) before + 1);
        assertThat(hub.seen.getLast().subject()).isEqualTo(LocalHub.DESCRIPTION);
    }

    @Test
    void aPinnedPullNeedsNoHub() {
        PulledModel first = pull();
        hub.close();

        PulledModel second = pull(LocalHub.REPOSITORY + "@" + LocalHub.COMMIT);

        assertThat(second).isEqualTo(first);
    }

    @Test
    void branchesTagsAndPullRequestsAreRevisions() {
        for (String revision : List.of("main", "v1", "refs/pr/1", LocalHub.COMMIT)) {
            assertThat(pull(LocalHub.REPOSITORY + "@" + revision).commit()).isEqualTo(LocalHub.COMMIT);
        }
    }

    @Test
    void aDamagedBlobIsFetchedAgain() throws IOException {
        PulledModel model = pull();
        Path blob = blobOf(WEIGHTS);
        byte[] damaged = hub.files.get(WEIGHTS).clone();
        damaged[1000] ^= 1;
        Files.write(blob, damaged);

        pull(LocalHub.REPOSITORY + "@" + LocalHub.COMMIT);

        assertThat(blob).hasBinaryContent(hub.files.get(WEIGHTS));
        assertThat(model.folder().resolve(WEIGHTS)).hasBinaryContent(hub.files.get(WEIGHTS));
        assertThat(hub.count("storage", WEIGHTS)).isEqualTo(2);
    }

    @Test
    void aDamagedFolderIsMadeAgain() throws IOException {
        Path folder = pull().folder();
        Files.delete(folder.resolve(WEIGHTS));
        Files.delete(folder.resolve(SMALL));
        Files.writeString(folder.resolve(SMALL), "{}");

        pull(LocalHub.REPOSITORY + "@" + LocalHub.COMMIT);

        assertThat(filesIn(folder)).isEqualTo(NEEDED);
        assertThat(folder.resolve(SMALL)).hasBinaryContent(hub.files.get(SMALL));
    }

    @Test
    void aDamagedManifestIsAsGoodAsNone() throws IOException {
        PulledModel model = pull();
        Path manifest = model.folder().resolveSibling(LocalHub.COMMIT + ".json");
        for (String text :
                List.of("", "{", "[]", "{\"version\":1,\"files\":[{\"path\":\"../x\"}]}", "{\"version\":2}")) {
            Files.writeString(manifest, text);

            assertThat(pull(LocalHub.REPOSITORY + "@" + LocalHub.COMMIT)).isEqualTo(model);
        }
    }

    @Test
    void progressEndsWithEverythingAndNeverGoesBack() {
        List<PullProgress> reports = new ArrayList<>();
        try (HubClient client = client().build()) {
            client.pull(LocalHub.REPOSITORY, reports::add, new Cancellation());
        }

        PullProgress last = reports.getLast();
        long total =
                NEEDED.stream().mapToLong(path -> hub.files.get(path).length).sum();
        assertThat(last).isEqualTo(new PullProgress(WEIGHTS, 3_000_000, 3_000_000, total, total));
        assertThat(reports).extracting(PullProgress::bytes).isSorted();
        assertThat(reports).allMatch(report -> report.totalBytes() == total && report.fileBytes() <= report.fileSize());
        assertThat(reports).extracting(PullProgress::file).containsAll(NEEDED);
        assertThat(reports.stream()
                        .filter(report -> report.file().equals(WEIGHTS))
                        .count())
                .isGreaterThan(5);
    }

    @Test
    void aCancelledPullStopsAndKeepsWhatCame() throws IOException {
        Cancellation cancellation = new Cancellation();
        PullListener listener = report -> {
            if (report.file().equals(WEIGHTS) && report.fileBytes() > 0) {
                cancellation.cancel();
            }
        };
        try (HubClient client = client().build()) {
            DreamException error = catchThrowableOfType(
                    DreamException.class, () -> client.pull(LocalHub.REPOSITORY, listener, cancellation));
            assertThat(error).isInstanceOf(StoppedException.class);
            assertThat(error.code()).isEqualTo(ErrorCode.CANCELLED);
        }
        assertThat(Files.size(blob(".part"))).isPositive();

        pull();

        assertThat(hub.requests("storage", WEIGHTS).getLast().header("Range")).startsWith("bytes=");
    }

    @Test
    void aStalledReadIsCancelledAtOnce() {
        hub.alwaysContent(WEIGHTS, hub.stallAfter(300_000));
        Cancellation cancellation = new Cancellation();
        PullListener listener = report -> {
            if (report.file().equals(WEIGHTS) && report.fileBytes() > 0) {
                Thread.ofVirtual().start(cancellation::cancel);
            }
        };
        try (HubClient client = client().build()) {
            DreamException error = catchThrowableOfType(
                    DreamException.class, () -> client.pull(LocalHub.REPOSITORY, listener, cancellation));
            assertThat(error.code()).isEqualTo(ErrorCode.CANCELLED);
        }
    }

    @Test
    void anInterruptedThreadStopsAndStaysInterrupted() {
        hub.always(LocalHub.DESCRIPTION, LocalHub.status(503));
        surroundings.onPause = () -> Thread.currentThread().interrupt();

        refusal(ErrorCode.CANCELLED);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aPullThatTheDiskHasNoRoomForDoesNotBegin() {
        surroundings.usableSpace = HubCache.SPARE_BYTES + 2_000_000;

        DreamException error = refusal(ErrorCode.STORE_FULL);

        assertThat(error).hasMessageContaining("more, but the disk");
        assertThat(hub.count("storage", WEIGHTS)).isZero();
    }

    @Test
    void aCacheThatIsAFileIsRefused() throws IOException {
        Files.writeString(cache(), "");

        assertThat(refusal(ErrorCode.STORE_FAILED)).hasMessageContaining("cache");
    }

    @Test
    void aModelThatContradictsItselfIsRefusedAfterItCame() {
        String config = new String(hub.files.get(SMALL), StandardCharsets.UTF_8);
        hub.files.put(
                SMALL,
                config.replaceAll("\"cross_attention_dim\": \\d+", "\"cross_attention_dim\": 7")
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(refusal(ErrorCode.MODEL_SHAPE_MISMATCH)).hasMessageContaining(LocalHub.REPOSITORY);
    }

    @Test
    void partsThatTheIndexDeniesAreLeftOut() {
        String index = new String(hub.files.get("model_index.json"), StandardCharsets.UTF_8);
        hub.files.put(
                "model_index.json",
                index.replaceFirst("\\{", "{\"vae_encoder\": [null, null],").getBytes(StandardCharsets.UTF_8));

        assertThat(filesIn(pull().folder())).noneMatch(path -> path.startsWith("vae_encoder"));
    }

    @Test
    void hubsDoNotAnswerForEachOther() throws IOException {
        PulledModel model = pull();
        try (LocalHub other = LocalHub.withModel();
                HubClient client = client().hub(other.address()).build()) {
            PulledModel fromOther = client.pull(LocalHub.REPOSITORY, PullListener.NONE, new Cancellation());

            assertThat(fromOther.folder()).isNotEqualTo(model.folder());
            assertThat(other.count("storage", WEIGHTS)).isEqualTo(1);
        }
    }

    @Test
    void anAddressWithAPathIsKept() {
        String path = "/mirror/api/models/dream/tiny/revision/main";
        for (String address : List.of("/mirror", "/mirror/")) {
            hub.next(path, LocalHub.status(404, "X-Error-Code", "RepoNotFound"));

            refusal(ErrorCode.UNKNOWN_MODEL, client().hub(URI.create(hub.address() + address)));
        }

        assertThat(hub.seen).extracting(LocalHub.Seen::subject).containsExactly(path, path);
    }
}
