package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.inference.diffusion.safety.CheckedImageModel;
import io.dreamprotocol.inference.diffusion.safety.NetworkSafetyChecker;
import io.dreamprotocol.inference.diffusion.safety.SafetyPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A safety checker on ONNX Runtime, by {@code golden/safety/make_safety.py}. */
class SafetyCheckerGoldenTest {
    private static final Path GOLDEN = GoldenFiles.root().resolve("safety");
    private static final Path MODEL = GoldenFiles.root().resolve("pipelines/sd15/model");

    @TempDir
    Path folder;

    @Test
    void theCheckerFindsWhatItFindsInPython() {
        try (NetworkSafetyChecker checker = NetworkSafetyChecker.load(GOLDEN, OnnxRuntime.start(OnnxOptions.defaults()))
                .orElseThrow()) {
            for (Object each : (List<?>) GoldenFiles.json(GOLDEN.resolve("cases.json"))) {
                Map<?, ?> golden = (Map<?, ?>) each;
                String picture = (String) golden.get("picture");

                assertThat(checker.isUnsafe(GoldenFiles.picture(GOLDEN.resolve(picture)), new Cancellation()))
                        .as(picture)
                        .isEqualTo(golden.get("unsafe"));
            }
        }
    }

    @Test
    void theAddressChoosesThePolicy() throws IOException {
        ModelOutput plain = generate("onnx:" + MODEL);
        assertThat(plain.substitutions()).isEmpty();
        assertThat(generate("onnx:" + MODEL + "?safety=block").substitutions())
                .singleElement()
                .asString()
                .contains("not checked");

        copy(MODEL);
        copy(GOLDEN.resolve("safety_checker"), folder.resolve("safety_checker"));
        for (String policy : List.of("block", "blur", "flag")) {
            ModelOutput checked = generate("onnx:" + folder + "?safety=" + policy);
            assertThat(checked.substitutions()).as(policy).isEmpty();
            assertThat(checked.image()).as(policy).isEqualTo(plain.image());
        }
    }

    /** The tiny checker dislikes red; the golden picture {@code apple} is unsafe to it, {@code rocket_blue} is not. */
    @Test
    void thePolicyDecidesWhatBecomesOfAnUnsafePicture() {
        try (ImageModel plain = Backends.openImageModel("onnx:dream-mini?cache=" + folder.resolve("cache"));
                NetworkSafetyChecker checker = NetworkSafetyChecker.load(
                                GOLDEN, OnnxRuntime.start(OnnxOptions.defaults()))
                        .orElseThrow()) {
            GenerationRequest apple =
                    GenerationRequest.of("red apple, flat style").withSeed(1);
            ModelOutput output = generate(plain, apple);
            ImageModel blocking = new CheckedImageModel(plain, Optional.of(checker), SafetyPolicy.BLOCK);

            assertThatThrownBy(() -> generate(blocking, apple))
                    .isInstanceOfSatisfying(
                            DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IMAGE_BLOCKED));
            ModelOutput flagged =
                    generate(new CheckedImageModel(plain, Optional.of(checker), SafetyPolicy.FLAG), apple);
            assertThat(flagged.image()).isEqualTo(output.image());
            assertThat(flagged.substitutions()).singleElement().asString().contains("flagged");
            ModelOutput blurred =
                    generate(new CheckedImageModel(plain, Optional.of(checker), SafetyPolicy.BLUR), apple);
            assertThat(blurred.image()).isNotEqualTo(output.image());
            assertThat(blurred.substitutions()).singleElement().asString().contains("blurred");
            GenerationRequest rocket = GenerationRequest.of("a rocket on a blue background, flat style")
                    .withSeed(42);
            assertThat(generate(blocking, rocket).substitutions()).isEmpty();
        }
    }

    @Test
    void anUnknownPolicyIsRefused() {
        assertThatThrownBy(() -> Backends.openImageModel("onnx:" + MODEL + "?safety=maybe"))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("block, blur, flag");
    }

    @Test
    void anotherNetworkInItsPlaceIsRefused() throws IOException {
        copy(MODEL);
        copy(MODEL.resolve("vae_decoder"), folder.resolve("safety_checker"));

        assertThatThrownBy(() -> Backends.openImageModel("onnx:" + folder + "?safety=block"))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_SHAPE_MISMATCH));
    }

    @Test
    void aPartWithoutItsNetworkIsRefused() throws IOException {
        copy(MODEL);
        Files.createDirectories(folder.resolve("safety_checker"));

        assertThatThrownBy(() -> Backends.openImageModel("onnx:" + folder + "?safety=block"))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_MISSING));
    }

    private static ModelOutput generate(String address) {
        try (ImageModel model = Backends.openImageModel(address)) {
            return generate(model, GenerationRequest.of("a cat").withSteps(2));
        }
    }

    private static ModelOutput generate(ImageModel model, GenerationRequest request) {
        return model.generate(request.complete(model.descriptor(), 3), ProgressListener.NONE, new Cancellation());
    }

    private void copy(Path from) throws IOException {
        copy(from, folder);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }
}
