package io.dreamprotocol.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RequestOptionsTest {
    private static final Bytes IMAGE = Bytes.of("an image".getBytes(StandardCharsets.UTF_8));
    private static final Bytes MASK = Bytes.of("a mask".getBytes(StandardCharsets.UTF_8));
    private static final Bytes STYLE = Bytes.of("a style".getBytes(StandardCharsets.UTF_8));
    private static final ModelDescriptor MODEL = new ModelDescriptor(
            new ModelId("dream-mini", Bytes.sha256(new byte[0])),
            "stable-diffusion-1",
            List.of(),
            new ModelDefaults(128, 128, 20, 5, "DPM++ 2M"),
            new ModelLimits(8, 8, 1024, 1024 * 1024),
            List.of("DPM++ 2M"));

    private static CanonicalRequest complete(GenerationRequest request) {
        return request.complete(MODEL, 7);
    }

    @Test
    void everyOptionComesBackFromTheEncoding() {
        GenerationRequest request = GenerationRequest.of("a fox")
                .withOptions(RequestOptions.NONE
                        .withHires(new HiresPass(1.5, 10, 0.5, HiresPass.Upscaler.LATENT))
                        .withClipSkip(2)
                        .withNoise(new NoiseOptions(NoiseOptions.Source.TORCH_CUDA, 9, 0.25, 31337))
                        .withEta(0.5)
                        .withTiling(true)
                        .withRefinerSwitch(0.8)
                        .withRecipient(Optional.of(Bytes.sha256(new byte[0]))))
                .withStyle("gloss", STYLE, 0.8, 0.3)
                .withWord("<toy>", STYLE)
                .withInitialImage(IMAGE, 0.6)
                .withMask(MASK)
                .withControl("controlnet", IMAGE, 1, 0, 0.5);
        CanonicalRequest complete = complete(request);

        assertThat(CanonicalRequest.decode(complete.encode())).isEqualTo(complete);
        assertThat(request.attachments()).containsExactly(STYLE, STYLE, IMAGE, MASK, IMAGE);
        assertThat(complete.options().initialImage().orElseThrow().mask()).hasValue(UnixFsFile.cidOf(MASK.toArray()));
        for (int length = 0; length < complete.encode().length; length++) {
            byte[] part = Arrays.copyOf(complete.encode(), length);
            assertThatThrownBy(() -> CanonicalRequest.decode(part)).isInstanceOf(DreamException.class);
        }
    }

    @Test
    void aStyleWithoutAKindIsALora() {
        CanonicalRequest lora = complete(GenerationRequest.of("a fox").withStyle("gloss", STYLE, 0.8, 0.3));
        assertThat(lora.options().styles().getFirst().kind()).isEqualTo(StyleUse.Kind.LORA);
        assertThat(new String(lora.encode(), StandardCharsets.ISO_8859_1))
                .contains("gloss", "weight")
                .doesNotContain("kind");

        CanonicalRequest word = complete(GenerationRequest.of("a <toy>").withWord("<toy>", STYLE));
        assertThat(new String(word.encode(), StandardCharsets.ISO_8859_1))
                .contains("textual-inversion")
                .doesNotContain("weight");
        byte[] unknown = new String(word.encode(), StandardCharsets.ISO_8859_1)
                .replace("textual-inversion", "textual-inverse__")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> CanonicalRequest.decode(unknown))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_DATA));
    }

    @Test
    void optionsThatAreNotUsedLeaveNoTrace() {
        byte[] plain = complete(GenerationRequest.of("a fox")).encode();
        assertThat(complete(GenerationRequest.of("a fox").withOptions(RequestOptions.NONE.withClipSkip(0)))
                        .encode())
                .isEqualTo(plain);
        assertThat(new String(plain, StandardCharsets.ISO_8859_1))
                .doesNotContain("clipSkip", "noise", "tiling", "recipient", "refiner");
    }

    @Test
    void onlyStepsThatRunAreWork() {
        CanonicalRequest half = complete(GenerationRequest.of("a fox").withInitialImage(IMAGE, 0.5));
        assertThat(half.work()).isEqualTo(new Work(2L * 128 * 128, 10));

        CanonicalRequest hires = complete(GenerationRequest.of("a fox")
                .withOptions(RequestOptions.NONE.withHires(new HiresPass(2, 20, 0.5, HiresPass.Upscaler.LATENT))));
        long pixels = 2L * (128 * 128 * 20 + 256 * 256 * 10);
        assertThat(hires.work()).isEqualTo(new Work(Math.ceilDiv(pixels, 30), 30));
    }

    @Test
    void rangesAreChecked() {
        refused(() -> RequestOptions.NONE.withClipSkip(12));
        refused(() -> RequestOptions.NONE.withEta(Double.NaN));
        refused(() -> RequestOptions.NONE.withRefinerSwitch(0));
        refused(() -> RequestOptions.NONE.withRefinerSwitch(1));
        refused(() -> RequestOptions.NONE.withRefinerSwitch(Double.NaN));
        refused(() -> RequestOptions.NONE.withRecipient(Optional.of(Bytes.of(new byte[31]))));
        refused(() -> new StyleUse("x", UnixFsFile.cidOf(new byte[1]), Double.NaN, 1));
        refused(() -> new StyleUse(StyleUse.Kind.TEXTUAL_INVERSION, "x", UnixFsFile.cidOf(new byte[1]), 0.5, 1));
        refused(() -> StyleUse.word(" ", UnixFsFile.cidOf(new byte[1])));
        refused(() -> new InitialImage(UnixFsFile.cidOf(new byte[1]), 0, Optional.empty()));
        refused(() -> new ControlInput("../x", UnixFsFile.cidOf(new byte[1]), 1, 0, 1));
        refused(() -> new ControlInput("x", UnixFsFile.cidOf(new byte[1]), 1, 0.5, 0.4));
        refused(() -> new HiresPass(1, 10, 0.5, HiresPass.Upscaler.LANCZOS));
        refused(() -> new NoiseOptions(NoiseOptions.Source.NUMPY, -1, 0, 0));
        refused(() -> GenerationRequest.of("a fox").withMask(MASK));
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }
}
