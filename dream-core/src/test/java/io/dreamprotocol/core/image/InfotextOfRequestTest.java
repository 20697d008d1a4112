package io.dreamprotocol.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The names and their order are those of {@code create_infotext} in the web UI 1.10. */
class InfotextOfRequestTest {
    private static final ModelId MODEL = new ModelId("dream-mini", Bytes.sha256(new byte[] {1}));
    private static final Cid FILE = UnixFsFile.cidOf(new byte[] {1, 2, 3});
    private static final String BEGIN = "Steps: 20, Sampler: Euler a, Schedule type: Uniform, CFG scale: 5.5, Seed: 7, "
            + "Size: 128x96, Model hash: 4bf5122f34, Model: dream-mini, ";
    private static final String END = ", Version: dream 1";

    private static Infotext text(RequestOptions options) {
        return text("a fox", "Euler a", options, Map.of());
    }

    private static Infotext text(String prompt, String scheduler, RequestOptions options, Map<String, String> further) {
        return Infotext.of(new CanonicalRequest(prompt, "", MODEL, 128, 96, 20, 5.5, 7, scheduler, options), further);
    }

    private static String settings(RequestOptions options) {
        String line = text(options).toString().lines().toList().getLast();
        assertThat(line).startsWith(BEGIN).endsWith(END);
        return line.substring(BEGIN.length(), line.length() - END.length());
    }

    @Test
    void everySettingHasItsPlace() {
        RequestOptions options = RequestOptions.NONE
                .withNoise(new NoiseOptions(NoiseOptions.Source.TORCH_CUDA, 777, 0.25, 31337))
                .withHires(new HiresPass(1.5, 30, 0.4, HiresPass.Upscaler.LANCZOS))
                .withClipSkip(1)
                .withEta(0.5)
                .withTiling(true)
                .withControls(List.of(new ControlInput("canny", FILE, 0.8, 0, 0.75)));

        assertThat(text("a fox", "DDIM", options, Map.of("Lora hashes", "a: 0123456789ab"))
                        .toString()
                        .lines()
                        .toList()
                        .getLast())
                .isEqualTo("Steps: 20, Sampler: DDIM, Schedule type: Uniform, CFG scale: 5.5, Seed: 7, Size: 128x96,"
                        + " Model hash: 4bf5122f34, Model: dream-mini, Variation seed: 777, Variation seed"
                        + " strength: 0.25, Denoising strength: 0.4, Clip skip: 2, ENSD: 31337, RNG: NV,"
                        + " Tiling: True, ControlNet 0: \"Module: none, Model: canny, Weight: 0.8, Resize Mode:"
                        + " Just Resize, Guidance Start: 0, Guidance End: 0.75, Pixel Perfect: False, Control"
                        + " Mode: Balanced\", Hires upscale: 1.5, Hires steps: 12, Hires upscaler: Lanczos,"
                        + " Lora hashes: \"a: 0123456789ab\", Eta DDIM: 0.5, Version: dream 1");
    }

    @Test
    void whatIsUsualIsLeftOut() {
        assertThat(settings(RequestOptions.NONE)).isEqualTo("RNG: CPU");
        assertThat(settings(RequestOptions.NONE.withNoise(new NoiseOptions(NoiseOptions.Source.TORCH_CPU, 777, 0, 0))))
                .isEqualTo("RNG: CPU");
    }

    @Test
    void sourcesOfNoiseAreNamed() {
        assertThat(settings(RequestOptions.NONE.withNoise(new NoiseOptions(NoiseOptions.Source.NUMPY, 0, 0, 0))))
                .isEqualTo("RNG: NumPy");
    }

    @Test
    void anInitialImageHasItsStrengthAndAMaskNoBlur() {
        RequestOptions options = RequestOptions.NONE.withInitialImage(new InitialImage(FILE, 0.6, Optional.empty()));
        // 12 of the 20 steps run; the web UI takes one more than the share.
        assertThat(settings(options)).isEqualTo("Denoising strength: 0.575, RNG: CPU");
        assertThat(settings(options.withInitialImage(new InitialImage(FILE, 1, Optional.of(FILE)))))
                .isEqualTo("Denoising strength: 1, RNG: CPU, Mask blur: 0");
    }

    @Test
    void aSecondPassBehindAnInitialImageHasAStrengthOfItsOwn() {
        RequestOptions options = RequestOptions.NONE
                .withInitialImage(new InitialImage(FILE, 0.6, Optional.empty()))
                .withHires(new HiresPass(2, 25, 0.4, HiresPass.Upscaler.LATENT));
        assertThat(settings(options))
                .isEqualTo("Denoising strength: 0.575, RNG: CPU, Hires upscale: 2, Hires steps: 10, "
                        + "Hires upscaler: Latent, Hires denoising strength: 0.4");
    }

    @Test
    void strengthsAreThoseAtWhichTheWebUiRunsAsManySteps() {
        for (int steps = 1; steps < 1000; steps = steps * 5 / 4 + 1) {
            for (double strength = 0.01; strength <= 1; strength += 0.01) {
                HiresPass pass = new HiresPass(2, steps, strength, HiresPass.Upscaler.LATENT);
                RequestOptions options = RequestOptions.NONE.withHires(pass);
                assertThat(running(text(options).fields())).isEqualTo(steps + " laid out");
                InitialImage initial = new InitialImage(FILE, strength, Optional.empty());
                CanonicalRequest request = new CanonicalRequest(
                        "a fox",
                        "",
                        MODEL,
                        64,
                        64,
                        steps,
                        5,
                        7,
                        "Euler",
                        RequestOptions.NONE.withInitialImage(initial));
                double stated = Double.parseDouble(
                        Objects.requireNonNull(Infotext.of(request).fields().get("Denoising strength")));
                assertThat((int) (Math.min(stated, 0.999) * steps) + 1).isEqualTo(request.effectiveSteps());
            }
        }
    }

    private static String running(Map<String, String> fields) {
        int run = Integer.parseInt(Objects.requireNonNull(fields.get("Hires steps")));
        double strength = Double.parseDouble(Objects.requireNonNull(fields.get("Denoising strength")));
        return (int) (run / Math.min(strength, 0.999)) + " laid out";
    }

    @Test
    void styleModelsStandInThePromptOnce() {
        RequestOptions options = RequestOptions.NONE.withStyles(List.of(
                new StyleUse("one", FILE, 0.8, 0.8),
                new StyleUse("two", FILE, 1, 0.5),
                new StyleUse("a.b", FILE, 1, 1)));

        assertThat(text("a fox", "Euler a", options, Map.of()).prompt())
                .isEqualTo("a fox <lora:one:0.8> <lora:two:0.5:1> <lora:a.b:1>");
        assertThat(text("<lora:two> a fox <lyco:one:0.3>, <lora:aab:1>", "Euler a", options, Map.of())
                        .prompt())
                .isEqualTo("<lora:two> a fox <lyco:one:0.3>, <lora:aab:1> <lora:a.b:1>");
    }

    @Test
    void etaIsNamedAsTheWebUiNamesItForTheSampler() {
        assertThat(text("a fox", "TCD", RequestOptions.NONE.withEta(0.3), Map.of())
                        .fields())
                .containsEntry("Eta", "0.3")
                .doesNotContainKey("Eta DDIM");
    }
}
