package io.dreamprotocol.inference.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of the lists of files that hubs send, honest ones and others. */
class NeededFilesTest {
    private static final HubReference REFERENCE = HubReference.parse("a/b");
    private static final List<String> LEAST = List.of(
            "model_index.json",
            "scheduler/scheduler_config.json",
            "text_encoder/config.json",
            "text_encoder/model.onnx",
            "tokenizer/merges.txt",
            "tokenizer/vocab.json",
            "unet/config.json",
            "unet/model.onnx",
            "vae_decoder/config.json",
            "vae_decoder/model.onnx");

    private final Map<String, Map<String, Object>> listed = new LinkedHashMap<>();
    private String index = "{}";

    @BeforeEach
    void listTheLeast() {
        LEAST.forEach(path -> list(path, 100));
    }

    private void list(String path, long size) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("rfilename", path);
        file.put("size", size);
        file.put("blobId", "0".repeat(40));
        listed.put(path, file);
    }

    private ModelDescription description() throws IOException {
        return describe(List.copyOf(listed.values()));
    }

    private static ModelDescription describe(Object siblings) throws IOException {
        return ModelDescription.of(REFERENCE, JSON.std.asBytes(Map.of("sha", "1".repeat(40), "siblings", siblings)));
    }

    private List<String> chosen() throws IOException {
        return NeededFiles.choose(REFERENCE, description(), index.getBytes(StandardCharsets.UTF_8)).stream()
                .map(RemoteFile::path)
                .sorted()
                .toList();
    }

    private DreamException refusal(ErrorCode code) {
        DreamException error = catchThrowableOfType(DreamException.class, this::chosen);
        assertThat(error).isNotNull();
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.getMessage()).hasLineCount(1).hasSizeLessThan(500);
        return error;
    }

    @Test
    void theLeastIsEnough() throws IOException {
        assertThat(chosen()).isEqualTo(LEAST);
        assertThat(LEAST).allMatch(NeededFiles::isNeeded);
    }

    @Test
    void optionalPartsComeToo() throws IOException {
        List<String> more = List.of(
                "text_encoder_2/config.json",
                "text_encoder_2/model.onnx",
                "text_encoder_2/model.onnx_data",
                "tokenizer_2/vocab.json",
                "tokenizer_2/merges.txt",
                "unet/model.onnx_data_1",
                "unet/model.onnx.data",
                "unet/weights.pb",
                "controlnet/model.onnx",
                "controlnet_canny/model.onnx",
                "controlnet_canny/config.json");
        more.forEach(path -> list(path, 10));

        assertThat(chosen()).containsAll(more).hasSize(LEAST.size() + more.size());
    }

    @Test
    void partsThatTheIndexDeniesStayAway() throws IOException {
        list("text_encoder_2/config.json", 1);
        list("text_encoder_2/model.onnx", 1);
        list("tokenizer_2/vocab.json", 1);
        list("vae_encoder/model.onnx", 1);
        index = "{\"text_encoder_2\":[null,null],\"tokenizer_2\":null,\"vae_encoder\":[]}";

        assertThat(chosen()).isEqualTo(LEAST);
    }

    @Test
    void oneTokenizerFileIsEnough() throws IOException {
        listed.remove("tokenizer/vocab.json");
        listed.remove("tokenizer/merges.txt");
        list("tokenizer/tokenizer.json", 1);

        assertThat(chosen()).contains("tokenizer/tokenizer.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "README.md",
                "unet/diffusion_pytorch_model.bin",
                "unet/diffusion_pytorch_model.safetensors",
                "unet/model.onnx.pkl",
                "unet/model.onnx_data.",
                "unet/model.onnx_data/x",
                "unet/model_fp16.onnx",
                "unet/sub/model.onnx",
                "UNET/model.onnx",
                "controlnet-canny/model.onnx",
                "controlnet_a/b/model.onnx",
                "my_controlnet/model.onnx",
                "unet /model.onnx",
                "Model_index.json",
                "safety_checker/pytorch_model.bin",
                "tokenizer/con.json",
                "tokenizer/tokenizer.py",
                "con",
                "aux.h",
                "C:evil",
                "scheduler/scheduler_config.json ",
                "feature_extractor/preprocessor_config.json"
            })
    void otherFilesStayAway(String path) throws IOException {
        list(path, 1L << 60);

        assertThat(chosen()).isEqualTo(LEAST);
        assertThat(NeededFiles.isNeeded(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/etc/passwd",
                "..",
                "../evil",
                "unet/../../evil",
                "unet/..",
                "./unet/config.json",
                "unet/./config.json",
                "unet//config.json",
                "unet/",
                "unet\\config.json",
                "..\\evil",
                "C:\\evil",
                "\\\\host\\share",
                "unet/config.json\u0000.txt",
                "unet/\nconfig.json"
            })
    void namesThatGitCannotHaveRefuseTheWholeModel(String path) {
        list(path, 1);

        refusal(ErrorCode.REMOTE_MISMATCH);
        assertThat(NeededFiles.isNeeded(path)).isFalse();
    }

    @Test
    void namesThatDifferInCaseOnlyAreRefused() {
        list("unet/model.onnx_data_a", 1);
        list("unet/model.onnx_data_A", 1);
        assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("upper and in lower case");
        listed.remove("unet/model.onnx_data_A");

        list("controlnet_a/model.onnx", 1);
        list("controlnet_A/model.onnx", 1);
        assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("upper and in lower case");
    }

    @Test
    void aNameTwiceIsRefused() {
        List<Object> twice = new ArrayList<>(listed.values());
        twice.add(listed.get("unet/model.onnx"));

        assertThatThrownBy(() -> describe(twice)).hasMessageContaining("twice");
    }

    @Test
    void tooManyFilesAreRefused() throws IOException {
        for (int i = listed.size(); i < ModelDescription.MAX_FILES; i++) {
            list("other/" + i, 1);
        }
        assertThat(chosen()).isEqualTo(LEAST);

        list("one-more", 1);
        assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("20000");
    }

    @Test
    void tooManyWeightsAreRefused() throws IOException {
        for (int i = 0; i < NeededFiles.MAX_WEIGHTS_FILES; i++) {
            list("unet/model.onnx_data_" + i, 1);
        }
        assertThat(chosen()).hasSize(LEAST.size() + NeededFiles.MAX_WEIGHTS_FILES);

        list("unet/model.onnx_data", 1);
        assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("files of weights");
    }

    @Test
    void tooManyControlNetworksAreRefused() throws IOException {
        for (int i = 0; i < NeededFiles.MAX_CONTROL_NETWORKS; i++) {
            list("controlnet_" + i + "/model.onnx", 1);
        }
        assertThat(chosen()).hasSize(LEAST.size() + NeededFiles.MAX_CONTROL_NETWORKS);

        list("controlnet/model.onnx", 1);
        assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("control networks");
    }

    @Test
    void sizesAreLimited() throws IOException {
        Map<String, Long> limits = Map.of(
                "model_index.json", NeededFiles.MAX_CONFIG_BYTES,
                "unet/config.json", NeededFiles.MAX_CONFIG_BYTES,
                "tokenizer/vocab.json", NeededFiles.MAX_TOKENIZER_BYTES,
                "unet/model.onnx", NeededFiles.MAX_NETWORK_BYTES,
                "unet/model.onnx_data", NeededFiles.MAX_WEIGHTS_BYTES);
        for (Map.Entry<String, Long> limit : limits.entrySet()) {
            list(limit.getKey(), limit.getValue());
            assertThat(chosen()).contains(limit.getKey());

            list(limit.getKey(), limit.getValue() + 1);
            assertThat(refusal(ErrorCode.UNSUPPORTED)).hasMessageContaining(limit.getKey());
            list(limit.getKey(), 1);
        }
    }

    @Test
    void theSizeOfTheWholeIsLimited() {
        list("unet/model.onnx_data", NeededFiles.MAX_WEIGHTS_BYTES);
        list("vae_decoder/model.onnx_data", NeededFiles.MAX_WEIGHTS_BYTES);

        assertThat(refusal(ErrorCode.UNSUPPORTED)).hasMessageContaining("100.0 GB");
    }

    @Test
    void aSizeMustBeStated() {
        for (Object size : List.of(-1, 1.5, "100", 1e30, List.of())) {
            listed.get("unet/config.json").put("size", size);

            assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("how large");
        }
        listed.get("unet/config.json").remove("size");
        refusal(ErrorCode.REMOTE_MISMATCH);
    }

    @Test
    void aDigestMustBeStated() {
        for (Object digest : List.of("", "0".repeat(39), "0".repeat(64), "g".repeat(40), 7)) {
            listed.get("unet/config.json").put("blobId", digest);

            assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("digest");
        }
        listed.get("unet/config.json").put("blobId", "0".repeat(40));
        listed.get("unet/config.json").put("lfs", Map.of("size", 5, "sha256", "0".repeat(40)));
        assertThat(refusal(ErrorCode.REMOTE_MISMATCH)).hasMessageContaining("digest");
    }

    @Test
    void whatIsMissingIsNamed() {
        for (String path : LEAST.subList(1, LEAST.size())) {
            Map<String, Object> file = listed.remove(path);

            assertThat(refusal(ErrorCode.MODEL_FILE_MISSING)).hasMessageContaining(path);
            listed.put(path, file);
        }
    }

    @Test
    void withoutAnIndexItIsNoImageModel() throws IOException {
        listed.remove("model_index.json");
        ModelDescription description = description();

        assertThatThrownBy(() -> NeededFiles.index(REFERENCE, description))
                .isInstanceOfSatisfying(
                        DreamException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_MODEL));
    }

    @Test
    void anIndexThatIsNoneIsRefused() {
        for (String text : List.of("", "[]", "null", "{", "\u0000")) {
            index = text;

            refusal(ErrorCode.REMOTE_MISMATCH);
        }
    }

    @Test
    void aListThatIsNoneIsRefused() {
        for (Object siblings :
                List.of("x", 7, Map.of(), List.of("x"), List.of(Map.of()), List.of(Map.of("rfilename", 7)))) {
            assertThatThrownBy(() -> describe(siblings))
                    .isInstanceOfSatisfying(
                            DreamException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.REMOTE_MISMATCH));
        }
    }
}
