package io.dreamprotocol.inference.diffusion.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFolderTest {
    private static final Path GOLDEN = Path.of(System.getProperty("dream.golden"), "pipelines");

    @TempDir
    private Path root;

    @BeforeEach
    void copyModel() throws IOException {
        copy(GOLDEN.resolve("sd15").resolve("model"), root);
    }

    @Test
    void everyNumberComesFromTheModelsOwnFiles() {
        ModelFolder folder = ModelFolder.open(root);

        assertThat(folder.pipelineClass()).isEqualTo("StableDiffusionPipeline");
        assertThat(folder.unet().inChannels()).isEqualTo(4);
        assertThat(folder.unet().crossAttentionDim()).isEqualTo(32);
        assertThat(folder.unet().attentionLevels()).containsExactly(false, true);
        assertThat(folder.unet().attentionHeads()).containsExactly(4, 4);
        assertThat(folder.vae().latentChannels()).isEqualTo(4);
        assertThat(folder.vae().scaleFactor()).isEqualTo(8);
        assertThat(folder.vae().scalingFactor()).isEqualTo(0.18215);
        assertThat(folder.vae().shiftFactor()).isZero();
        assertThat(folder.vae().latentsMean()).isEmpty();
        assertThat(folder.textEncoder(ModelPart.TEXT_ENCODER)).contains(new TextEncoderConfig(32, 2, 77, 1000, 32));
        assertThat(folder.textEncoder(ModelPart.TEXT_ENCODER_2)).isEmpty();
        assertThat(folder.scheduler().className()).isEqualTo("PNDMScheduler");
        assertThat(folder.sizeMultiple()).isEqualTo(16);
        assertThat(folder.zerosForEmptyPrompt()).isFalse();
        assertThat(folder.architecture()).isEqualTo("latent-diffusion-32-4");
    }

    @Test
    void modelsOfOtherKindsAreRead() {
        ModelFolder sdxl = ModelFolder.open(GOLDEN.resolve("sdxl").resolve("model"));
        assertThat(sdxl.zerosForEmptyPrompt()).isTrue();
        assertThat(sdxl.unet().additionEmbedType()).contains("text_time");
        assertThat(sdxl.unet().additionTimeEmbedDim()).contains(8);
        assertThat(sdxl.textEncoder(ModelPart.TEXT_ENCODER_2).map(TextEncoderConfig::hiddenSize))
                .isEqualTo(Optional.of(32));

        ModelFolder inpaint = ModelFolder.open(GOLDEN.resolve("inpaint").resolve("model"));
        assertThat(inpaint.unet().inChannels()).isEqualTo(9);

        ModelFolder lcm = ModelFolder.open(GOLDEN.resolve("lcm").resolve("model"));
        assertThat(lcm.unet().timeCondProjDim()).contains(32);

        ModelFolder controlnet = ModelFolder.open(GOLDEN.resolve("controlnet").resolve("model"));
        assertThat(controlnet.controlNetworks()).containsExactly("controlnet");
        assertThat(lcm.controlNetworks()).isEmpty();
    }

    @Test
    void statisticsOfTheLatentsAreRead() throws IOException {
        replace("vae_decoder/config.json", "\"latents_mean\": null", "\"latents_mean\": [0.1, 0.2, 0.3, 0.4]");
        replace("vae_decoder/config.json", "\"latents_std\": null", "\"latents_std\": [1, 2, 3, 4]");

        VaeConfig vae = ModelFolder.open(root).vae();

        assertThat(vae.latentsMean()).contains(List.of(0.1, 0.2, 0.3, 0.4));
        assertThat(vae.latentsStd()).contains(List.of(1.0, 2.0, 3.0, 4.0));
    }

    @Test
    void everyFileThatMattersIsListedWithItsDigest() throws IOException {
        Files.writeString(root.resolve("README.md"), "about the model");
        Files.writeString(root.resolve("unet").resolve(".cache"), "");
        Files.writeString(root.resolve("unet").resolve("diffusion_pytorch_model.safetensors"), "");
        Files.writeString(root.resolve("unet").resolve("model.onnx_data"), "weights");

        List<ModelFile> files = ModelFolder.open(root).files();

        assertThat(files)
                .extracting(ModelFile::path)
                .isSorted()
                .contains("model_index.json", "unet/model.onnx", "unet/config.json", "tokenizer/vocab.json")
                .doesNotContain("README.md", "unet/.cache", "unet/diffusion_pytorch_model.safetensors");
        assertThat(files)
                .contains(new ModelFile(
                        "unet/model.onnx_data", 7, Bytes.sha256("weights".getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void aFolderWithoutAModelIsUnknown() throws IOException {
        Files.delete(root.resolve("model_index.json"));

        assertRefused(ErrorCode.UNKNOWN_MODEL, "model_index.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unet/model.onnx",
                "unet/config.json",
                "vae_decoder/model.onnx",
                "vae_decoder/config.json",
                "text_encoder/model.onnx",
                "text_encoder/config.json",
                "scheduler/scheduler_config.json"
            })
    void aMissingFileIsNamed(String file) throws IOException {
        Files.delete(root.resolve(file));

        assertRefused(ErrorCode.MODEL_FILE_MISSING, Path.of(file).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_index.json",
                "unet/config.json",
                "vae_decoder/config.json",
                "text_encoder/config.json",
                "scheduler/scheduler_config.json"
            })
    void aTruncatedConfigurationIsNamed(String file) throws IOException {
        byte[] whole = Files.readAllBytes(root.resolve(file));
        Files.write(root.resolve(file), Arrays.copyOf(whole, whole.length / 2));
        assertRefused(ErrorCode.MODEL_FILE_CORRUPT, Path.of(file).toString());

        Files.writeString(root.resolve(file), "[1, 2]");
        assertRefused(ErrorCode.MODEL_FILE_CORRUPT, Path.of(file).toString());

        Files.writeString(root.resolve(file), "[".repeat(100_000));
        assertRefused(ErrorCode.MODEL_FILE_CORRUPT, Path.of(file).toString());

        Files.writeString(root.resolve(file), " ".repeat(ConfigFile.MAX_BYTES + 1));
        assertRefused(ErrorCode.MODEL_FILE_CORRUPT, "larger than");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unet/config.json|\"in_channels\": 4|\"in_channels\": 0",
                "unet/config.json|\"in_channels\": 4|\"in_channels\": \"4\"",
                "unet/config.json|\"in_channels\": 4|\"in_channels\": 1e30",
                "unet/config.json|\"in_channels\": 4|\"in_channels\": NaN",
                "unet/config.json|\"in_channels\": 4|\"in_channels\": null",
                "unet/config.json|\"in_channels\": 4|\"in_channels\": 2.5",
                "unet/config.json|\"sample_size\": 8|\"sample_size\": -8",
                "unet/config.json|\"attention_head_dim\": 4|\"attention_head_dim\": [4, 4, 4]",
                "unet/config.json|\"DownBlock2D\",|",
                "vae_decoder/config.json|\"latent_channels\": 4|\"latent_channels\": 999999999",
                "vae_decoder/config.json|\"scaling_factor\": 0.18215|\"scaling_factor\": 0",
                "vae_decoder/config.json|\"scaling_factor\": 0.18215|\"scaling_factor\": Infinity",
                "vae_decoder/config.json|\"latents_mean\": null|\"latents_mean\": [0, 0, 0, 0]",
                "text_encoder/config.json|\"hidden_size\": 32|\"hidden_size\": true",
                "text_encoder/config.json|\"max_position_embeddings\": 77|\"max_position_embeddings\": 1",
                "scheduler/scheduler_config.json|\"PNDMScheduler\"|7",
            })
    void anAbsurdSettingIsNamed(String file, String setting, String absurd) throws IOException {
        replace(file, setting, absurd == null ? "" : absurd);

        assertRefused(ErrorCode.MODEL_FILE_CORRUPT, Path.of(file).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unet/config.json|\"in_channels\": 4|\"in_channels\": 3",
                "unet/config.json|\"cross_attention_dim\": 32|\"cross_attention_dim\": 768",
            })
    void configurationsThatContradictEachOtherAreRefused(String file, String setting, String other) throws IOException {
        replace(file, setting, other);

        assertRefused(ErrorCode.MODEL_SHAPE_MISMATCH, "contradicts itself");
    }

    @Test
    void anEmptyNetworkIsRefused() throws IOException {
        Files.write(root.resolve("unet").resolve("model.onnx"), new byte[0]);

        assertRefused(ErrorCode.MODEL_FILE_CORRUPT, "is empty");
    }

    private void assertRefused(ErrorCode code, String named) {
        DreamException error = catchThrowableOfType(DreamException.class, () -> ModelFolder.open(root));

        assertThat(error).as("the refusal").isNotNull();
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.getMessage()).contains(named).contains(root.toString()).doesNotContain("\n");
    }

    private void replace(String file, String setting, String other) throws IOException {
        String text = Files.readString(root.resolve(file));
        assertThat(text).contains(setting);
        Files.writeString(root.resolve(file), text.replace(setting, other));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }
}
