package io.dreamprotocol.inference.webui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.HiresPass;
import io.dreamprotocol.core.image.HiresPass.Upscaler;
import io.dreamprotocol.core.image.Infotext;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.image.NoiseOptions;
import io.dreamprotocol.core.image.NoiseOptions.Source;
import io.dreamprotocol.core.image.PngChunk;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.receipt.Receipt;
import io.dreamprotocol.core.receipt.SealedImage;
import io.dreamprotocol.core.receipt.SignedReceipt;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerChoice;
import io.dreamprotocol.inference.images.ImageFiles;
import io.dreamprotocol.inference.images.ImageFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecoveredRequestTest {
    private static final RgbImage BLACK = RgbImage.of(8, 8, new byte[8 * 8 * 3]);

    private static final Path GOLDEN =
            Path.of(Objects.requireNonNull(System.getProperty("dream.golden"), "dream.golden"), "infotext");
    private static final List<ModelFile> FILES =
            List.of(new ModelFile("unet/model.onnx", 12, Bytes.sha256(new byte[12])));
    private static final ModelId MODEL = new ModelId("dream-mini", ModelFile.digestOf(FILES));

    private static final ModelDescriptor DESCRIPTOR = new ModelDescriptor(
            MODEL,
            "stable-diffusion-1",
            FILES,
            new ModelDefaults(64, 64, 9, 3, "Euler"),
            new ModelLimits(1, 1, 100_000, Long.MAX_VALUE),
            names());

    /** The settings that become options of a request. */
    private static final Set<String> OPTIONS = Set.of(
            "Clip skip",
            "ENSD",
            "Variation seed",
            "Variation seed strength",
            "Denoising strength",
            "Hires upscale",
            "Hires resize",
            "Hires steps",
            "Hires upscaler",
            "Tiling",
            "Eta");

    private static List<String> names() {
        List<String> names = new ArrayList<>(
                SchedulerChoice.all().stream().map(SchedulerChoice::label).toList());
        names.add("PNDMScheduler");
        return names;
    }

    /** A text in which everything can be asked for. */
    private static RecoveredRequest parse(String fields) {
        return RecoveredRequest.parse(
                "a prompt\nNegative prompt: bad\n" + fields + ", RNG: CPU, User: me, Version: v1.10.1");
    }

    private static List<String> missed(RecoveredRequest recovered) {
        return recovered.unmet().stream().map(UnmetSetting::name).toList();
    }

    @Test
    void aTextOfTheWebUiBecomesARequest() {
        RecoveredRequest recovered =
                parse("Steps: 25, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 42, "
                        + "Size: 768x512, Model hash: 6ce0161689, Model: v1-5-pruned-emaonly");

        assertThat(recovered.unmet()).isEmpty();
        assertThat(recovered.exact()).isEmpty();
        assertThat(recovered.modelHash()).hasValue("6ce0161689");
        assertThat(recovered.request())
                .isEqualTo(GenerationRequest.of("a prompt")
                        .withNegativePrompt("bad")
                        .withModel("v1-5-pruned-emaonly")
                        .withWidth(768)
                        .withHeight(512)
                        .withSteps(25)
                        .withGuidanceScale(6.5)
                        .withSeed(42)
                        .withScheduler("DPM++ 2M Karras"));
    }

    @ParameterizedTest
    @CsvSource({
        "DPM++ 2M Karras,,DPM++ 2M Karras",
        "DPM++ 2M,Karras,DPM++ 2M Karras",
        "DPM++ 2M,Automatic,DPM++ 2M Karras",
        "DPM++ 2M,Uniform,DPM++ 2M",
        "DPM++ 2M,,DPM++ 2M",
        "DPM++ 2M Karras,Automatic,DPM++ 2M Karras",
        "DPM++ 3M SDE Exponential,,DPM++ 3M SDE Exponential",
        "Euler a,Automatic,Euler a",
        "Euler a,SGM Uniform,Euler a SGM Uniform",
        "k_euler_a,,Euler a",
        "LMS Karras,,LMS Karras",
        "DDIM,,DDIM",
        "PLMS,,PLMS",
        "Restart,Karras,Restart Karras",
        "DPM++ 2S a,Karras,DPM++ 2S a Karras",
        "DPM fast,Automatic,DPM fast",
        "LCM,,LCM",
        "PNDMScheduler,,PNDMScheduler"
    })
    void samplersOfEveryVersionAreUnderstood(String sampler, String type, String expected) {
        RecoveredRequest recovered = parse(
                "Steps: 20, Sampler: " + sampler + (type == null ? "" : ", Schedule type: " + type) + ", Seed: 1");

        assertThat(recovered.request().scheduler()).hasValue(expected);
        assertThat(recovered.unmet()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "DPM adaptive,,DPM adaptive",
        "DPM++ 2M,Align Your Steps,DPM++ 2M Align Your Steps",
        "DDIM,Karras,DDIM Karras"
    })
    void samplersThatAreNotThereAreLeftOpenAndNamed(String sampler, String type, String value) {
        RecoveredRequest recovered = parse(
                "Steps: 20, Sampler: " + sampler + (type == null ? "" : ", Schedule type: " + type) + ", Seed: 1");

        assertThat(recovered.request().scheduler()).isEmpty();
        assertThat(recovered.unmet()).singleElement().satisfies(unmet -> {
            assertThat(unmet.name()).isEqualTo("Sampler");
            assertThat(unmet.value()).isEqualTo(value);
            assertThat(unmet.reason()).isNotBlank();
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Clip skip: 20|Clip skip",
                "ENSD: -5|ENSD",
                "Eta: 0.5|Eta",
                "Variation seed strength: 0.25|Variation seed strength",
                "Variation seed: 777, Variation seed strength: 2|Variation seed strength,Variation seed",
                "Seed resize from: 512x384|Seed resize from",
                "Denoising strength: 0.55, Init image hash: ab12|Denoising strength,Init image hash",
                "Denoising strength: 0.4, Hires upscale: 9, Hires steps: 10, Hires upscaler: Latent|"
                        + "Denoising strength,Hires upscale,Hires steps,Hires upscaler",
                "Denoising strength: 0.4, Hires resize: 512x600, Size: 256x256|Denoising strength,Hires resize",
                "Denoising strength: 0.4, Hires upscale: 2, Hires upscaler: R-ESRGAN 4x+|Hires upscaler",
                "Denoising strength: 0.4, Hires upscale: 2, Hires sampler: DDIM, Hires prompt: other|"
                        + "Hires sampler,Hires prompt",
                "Tiling: perhaps|Tiling",
                "Mask blur: 4, Inpaint area: Only masked|Mask blur,Inpaint area",
                "Lora hashes: \"a: 0123, b\", TI hashes: \"b: aa\"|Lora hashes,TI hashes",
                "VAE hash: 1234, VAE: some.vae.pt|VAE hash,VAE",
                "Refiner: sd_xl_refiner, Refiner switch at: 0.8|Refiner,Refiner switch at",
                "ControlNet 0: \"Module: canny, Weight: 1\"|ControlNet 0",
                "Emphasis: No norm|Emphasis",
                "Schedule rho: 5|Schedule rho",
                "Some extension: on|Some extension"
            })
    void settingsThatCannotBeMetAreAllNamed(String fields, String names) {
        RecoveredRequest recovered = parse("Steps: 20, Sampler: Euler, Seed: 1, " + fields);

        assertThat(missed(recovered)).containsExactly(names.split(","));
        assertThat(recovered.unmet())
                .allSatisfy(unmet ->
                        assertThat(unmet).asString().contains(unmet.value()).doesNotContain("null"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Clip skip: 1",
                "ENSD: 0",
                "Variation seed: 777, Variation seed strength: 0.0",
                "Variation seed: 777",
                "Tiling: False",
                "Batch size: 4, Batch pos: 2",
                "Denoising strength: , Hires prompt: ",
                "Model hash: , Model: ",
                "Emphasis: original, VAE Decoder: Full, NGMS: 0, Sigma noise: 1.0, Schedule max sigma: 0"
            })
    void settingsThatDoNothingAreNotNamed(String fields) {
        assertThat(parse("Steps: 20, Sampler: Euler, Seed: 1, " + fields).unmet())
                .isEmpty();
    }

    private static RequestOptions options(String fields) {
        RecoveredRequest recovered = parse("Steps: 20, Sampler: DDIM, Seed: 1, Size: 64x96, " + fields);
        assertThat(recovered.unmet()).isEmpty();
        return recovered.request().options();
    }

    @Test
    void noiseOfAGpuIsTheWebUisUnsaidDefault() {
        String fields = "a prompt\nSteps: 20, Sampler: Euler, Seed: 1, Size: 64x64";

        assertThat(source(fields)).isEqualTo(Source.TORCH_CUDA);
        assertThat(source(fields + ", RNG: GPU")).isEqualTo(Source.TORCH_CUDA);
        assertThat(source(fields + ", RNG: NV")).isEqualTo(Source.TORCH_CUDA);
        assertThat(source(fields + ", RNG: CPU")).isEqualTo(Source.TORCH_CPU);
        assertThat(source(fields + ", RNG: NumPy, Version: dream 1")).isEqualTo(Source.NUMPY);
        assertThat(source(fields + ", Version: ComfyUI")).isEqualTo(Source.TORCH_CPU);
        assertThat(source("a prompt")).isEqualTo(Source.TORCH_CPU);
    }

    @Test
    void noiseOfAnUnknownSourceIsNamed() {
        assertThat(missed(RecoveredRequest.parse("a prompt\nSteps: 20, Sampler: Euler, Seed: 1, RNG: dice")))
                .containsExactly("RNG");
    }

    private static Source source(String text) {
        RecoveredRequest recovered = RecoveredRequest.parse(text);
        assertThat(recovered.unmet()).isEmpty();
        return recovered.request().options().noise().source();
    }

    @Test
    void settingsOfFewImagesBecomeOptions() {
        assertThat(options("Variation seed: 777, Variation seed strength: 0.25, Clip skip: 2, ENSD: 31337, RNG: CPU, "
                        + "Tiling: True, Eta DDIM: 0.5"))
                .isEqualTo(RequestOptions.NONE
                        .withNoise(new NoiseOptions(Source.TORCH_CPU, 777, 0.25, 31337))
                        .withClipSkip(1)
                        .withTiling(true)
                        .withEta(0.5));
        assertThat(options("RNG: CPU, Eta: 0.5")).isEqualTo(RequestOptions.NONE.withEta(0.5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // 10 steps run, of the 25 that the web UI lays out for them.
                "Denoising strength: 0.4, Hires upscale: 2, Hires steps: 10, Hires upscaler: Latent|2|25|0.4|LATENT",
                "Denoising strength: 0.5, Hires upscale: 1.5, Hires upscaler: Lanczos|1.5|40|0.5|LANCZOS",
                "Denoising strength: 1, Hires upscale: 1.5, Hires steps: 0, Hires upscaler: None|1.5|20|1|LANCZOS",
                // 10 of 14, of which 0.7 would be 9.
                "Denoising strength: 0.7, Hires upscale: 2, Hires steps: 10|2|14|0.75|LATENT",
                "Denoising strength: 0.5, Hires resize: 128x192|2|40|0.5|LATENT",
                "Denoising strength: 0.5, Hires resize: 0x192, Hires sampler: DDIM|2|40|0.5|LATENT"
            })
    void aSecondPassRunsAsManyStepsAsInTheWebUi(
            String fields, double scale, int steps, double strength, Upscaler upscaler) {
        assertThat(options(fields).hires()).hasValue(new HiresPass(scale, steps, strength, upscaler));
    }

    @ParameterizedTest
    @CsvSource({"512x384,512x384", "0x0,576x512"})
    void theFirstPassOfOldImagesHasItsSize(String first, String size) {
        RecoveredRequest recovered = parse("Steps: 20, Sampler: DDIM, Seed: 1, Size: "
                + (first.equals("0x0") ? "1152x1024" : "1024x768") + ", Denoising strength: 0.5, First pass size: "
                + first);

        assertThat(recovered.unmet()).isEmpty();
        GenerationRequest request = recovered.request();
        assertThat(request.width().getAsInt() + "x" + request.height().getAsInt())
                .isEqualTo(size);
        assertThat(request.options().hires()).hasValue(new HiresPass(2, 40, 0.5, Upscaler.LATENT));
    }

    @Test
    void thePictureThatAnImageBeganWithIsMissingButItsStrengthIsKnown() {
        RecoveredRequest recovered = parse("Steps: 20, Sampler: DDIM, Seed: 1, Denoising strength: 0.75");

        assertThat(missed(recovered)).containsExactly("Denoising strength");
        assertThat(recovered.unmet().getFirst().reason()).contains("picture").contains("not in the file");
        // The web UI runs 16 of the 20 steps.
        assertThat((int) (20 * recovered.initialStrength().orElseThrow())).isEqualTo(16);
    }

    @Test
    void hashesOfStyleModelsAndWordsAreKept() {
        RecoveredRequest recovered = parse("Steps: 20, Sampler: DDIM, Seed: 1, "
                + "Lora hashes: \"gloss: 0123456789AB, two: 89abcdef\", TI hashes: \"bad-hands: fedcba9876543210\"");

        assertThat(recovered.unmet()).isEmpty();
        assertThat(recovered.styleHashes())
                .containsExactly(
                        new StyleHash(StyleHash.Kind.STYLE, "gloss", "0123456789ab"),
                        new StyleHash(StyleHash.Kind.STYLE, "two", "89abcdef"),
                        new StyleHash(StyleHash.Kind.WORD, "bad-hands", "fedcba9876543210"));
    }

    @ParameterizedTest
    @CsvSource({
        "v1.5.2,true",
        "v1.5.2-80-gabc,true",
        "1.4,true",
        "0.9,true",
        "v1.6.0,false",
        "v1.10.1,false",
        "f2.0.1,false",
        "2.0,false"
    })
    void promptsThatChangeWereTimedDifferentlyBeforeVersion16(String version, boolean isOld) {
        String fields = "Steps: 20, Sampler: Euler, Seed: 1, RNG: CPU, Version: " + version;

        assertThat(missed(RecoveredRequest.parse("a [cat:dog:0.5]\n" + fields)))
                .isEqualTo(isOld ? List.of("Old prompt editing timelines") : List.of());
        assertThat(RecoveredRequest.parse("a cat\n" + fields).unmet()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Steps,many",
        "Steps,99999999999",
        "CFG scale,NaN",
        "CFG scale,Infinity",
        "CFG scale,0x1p3",
        "Seed,-1",
        "Seed,18446744073709551615",
        "Seed,1.5",
        "Size,512",
        "Size,12345678901x5",
        "Size,-5x5"
    })
    void valuesThatAreNoneAreLeftOpenAndNamed(String name, String value) {
        RecoveredRequest recovered = parse("Batch pos: 0, Batch size: 1, " + name + ": " + value);

        assertThat(recovered.request())
                .isEqualTo(GenerationRequest.of("a prompt").withNegativePrompt("bad"));
        assertThat(recovered.unmet()).singleElement().satisfies(unmet -> {
            assertThat(unmet.name()).isEqualTo(name);
            assertThat(unmet.value()).isEqualTo(value);
        });
    }

    @Test
    void aTextWithoutSettingsAsksForItsPromptAlone() {
        RecoveredRequest recovered = RecoveredRequest.parse("just a prompt\nNegative prompt: bad");

        assertThat(recovered.request())
                .isEqualTo(GenerationRequest.of("just a prompt").withNegativePrompt("bad"));
        assertThat(recovered.unmet()).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> everyGoldenTextIsTakenUpWholly() throws IOException {
        Map<String, Object> root = JSON.std.mapFrom(Files.readString(GOLDEN.resolve("infotext.json")));
        return ((List<?>) root.get("rows"))
                .stream()
                        .map(row -> (Map<?, ?>) row)
                        .map(row -> DynamicTest.dynamicTest((String) row.get("png"), () -> {
                            RecoveredRequest recovered =
                                    RecoveredRequest.read(Files.readAllBytes(GOLDEN.resolve((String) row.get("png"))));
                            Map<?, ?> expected = (Map<?, ?>) row.get("parsed");
                            Map<?, ?> fields = (Map<?, ?>) expected.get("fields");
                            GenerationRequest request = recovered.request();

                            assertThat(request.prompt()).isEqualTo(((String) expected.get("prompt")).strip());
                            assertThat(request.negativePrompt())
                                    .isEqualTo(((String) expected.get("negative_prompt")).strip());
                            Set<String> asked = new HashSet<>(missed(recovered));
                            request.steps().ifPresent(steps -> asked.add("Steps"));
                            request.seed().ifPresent(seed -> asked.add("Seed"));
                            request.width().ifPresent(width -> asked.add("Size"));
                            request.guidanceScale().ifPresent(scale -> asked.add("CFG scale"));
                            request.scheduler().ifPresent(name -> asked.addAll(List.of("Sampler", "Schedule type")));
                            if (!request.options().equals(RequestOptions.NONE)) {
                                asked.addAll(OPTIONS);
                            }
                            recovered.styleHashes().forEach(hash -> asked.addAll(List.of("Lora hashes", "TI hashes")));
                            request.model().ifPresent(name -> asked.add("Model"));
                            recovered.modelHash().ifPresent(hash -> asked.add("Model hash"));
                            fields.forEach((key, value) -> {
                                if (!key.equals("Version") && !key.equals("RNG") && !((String) value).isBlank()) {
                                    assertThat(asked).contains((String) key);
                                }
                            });
                            if (fields.containsKey("Steps")) {
                                assertThat(request.steps()).hasValue(Integer.parseInt((String) fields.get("Steps")));
                            }
                        }));
    }

    @Test
    void everyRequestComesBackFromItsText() {
        Random random = new Random(11);
        String[] prompts = {
            "a fox", "two\nlines, (weighted:1.2) [a:b:0.5]", "猫 😀", "Steps: 3, a: b", "quotes \" and \\"
        };
        for (String scheduler : DESCRIPTOR.schedulers()) {
            CanonicalRequest request = new CanonicalRequest(
                    prompts[random.nextInt(prompts.length)],
                    random.nextBoolean() ? "" : prompts[random.nextInt(prompts.length)],
                    MODEL,
                    1 + random.nextInt(2000),
                    1 + random.nextInt(2000),
                    1 + random.nextInt(1000),
                    random.nextInt(4) == 0 ? 1e-7 * random.nextInt(100) : random.nextInt(10_000) / 100.0,
                    random.nextLong() & Long.MAX_VALUE,
                    scheduler);

            RecoveredRequest recovered =
                    RecoveredRequest.parse(Infotext.of(request).toString());

            assertThat(recovered.unmet()).isEmpty();
            assertThat(recovered.request().complete(DESCRIPTOR, 0)).isEqualTo(request);
            assertThat(recovered.modelHash()).hasValue(MODEL.digest().toHex().substring(0, 10));
        }
    }

    @Test
    void optionsComeBackFromTheirText() {
        List<Source> sources = List.of(Source.values());
        Random random = new Random(12);
        for (int i = 0; i < 1000; i++) {
            RequestOptions options = RequestOptions.NONE
                    .withNoise(new NoiseOptions(
                            sources.get(random.nextInt(sources.size())),
                            random.nextLong() & Long.MAX_VALUE,
                            (1 + random.nextInt(100)) / 100.0,
                            random.nextInt() & Integer.MAX_VALUE))
                    .withClipSkip(random.nextInt(12))
                    .withTiling(random.nextBoolean())
                    .withEta(random.nextInt(101) / 100.0)
                    .withRefinerSwitch((1 + random.nextInt(99)) / 100.0)
                    .withHires(new HiresPass(
                            1 + (1 + random.nextInt(300)) / 100.0,
                            1 + random.nextInt(999),
                            (1 + random.nextInt(99)) / 100.0,
                            random.nextBoolean() ? Upscaler.LATENT : Upscaler.LANCZOS));
            CanonicalRequest request = new CanonicalRequest("a fox", "", MODEL, 64, 64, 20, 5, 7, "DDIM", options);

            RecoveredRequest recovered =
                    RecoveredRequest.parse(Infotext.of(request).toString());

            assertThat(recovered.unmet()).isEmpty();
            CanonicalRequest again = recovered.request().complete(DESCRIPTOR, 0);
            assertThat(again.effectiveSteps()).isEqualTo(request.effectiveSteps());
            HiresPass pass = again.options().hires().orElseThrow();
            HiresPass before = options.hires().orElseThrow();
            assertThat(pass.steps()).isEqualTo(before.steps());
            // The strength counts by the steps that it leaves, and may come back as another that leaves as many.
            assertThat(again.options().withHires(before)).isEqualTo(options);
        }
    }

    @Test
    void everyFormatCarriesTheRequest() {
        CanonicalRequest request = new CanonicalRequest("a fox", "bad", MODEL, 8, 8, 20, 5, 7, "Euler a");
        for (ImageFormat format : ImageFormat.values()) {
            byte[] file = ImageFiles.write(
                    format, BLACK, Optional.of(Infotext.of(request).toString()));

            RecoveredRequest recovered = RecoveredRequest.read(file);

            assertThat(recovered.exact()).isEmpty();
            assertThat(recovered.request().complete(DESCRIPTOR, 0)).isEqualTo(request);
        }
    }

    @Test
    void whatIsNoImageIsRefused() {
        for (String text : List.of("", "text", "\u0089PNG")) {
            assertThatThrownBy(() -> RecoveredRequest.read(text.getBytes(StandardCharsets.ISO_8859_1)))
                    .isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void imagesThatDoNotSayHowTheyWereMadeAreNamed() {
        for (ImageFormat format : ImageFormat.values()) {
            byte[] file = ImageFiles.write(format, BLACK, Optional.empty());
            assertThatThrownBy(() -> RecoveredRequest.read(file))
                    .isInstanceOfSatisfying(
                            NotFoundException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PARAMETERS_MISSING));
        }
    }

    private static SealedImage sealed(Path folder, CanonicalRequest request) {
        PngFile plain = PngPixels.encode(
                BLACK,
                List.of(PngChunk.ofText(Infotext.KEYWORD, Infotext.of(request).toString())));
        Signer worker = KeyFile.openOrCreate(folder.resolve("worker.key"));
        Receipt receipt = new Receipt(
                request.digest(),
                MODEL,
                FILES,
                request.seed(),
                "torch-cpu",
                request.scheduler(),
                new EngineInfo("onnxruntime", "1.28.0", "cpu", "float32"),
                List.of(),
                Optional.empty(),
                UnixFsFile.cidOf(plain.toBytes()),
                0,
                worker.account());
        return SealedImage.seal(plain, request, SignedReceipt.sign(receipt, worker));
    }

    @Test
    void aSealedImageGivesItsVeryRequest(@TempDir Path folder) {
        // A prompt that its text cannot keep as it is.
        CanonicalRequest request =
                new CanonicalRequest("  spaces \nNegative prompt: in it ", "bad ", MODEL, 8, 8, 20, 5, 7, "Euler a");

        RecoveredRequest recovered =
                RecoveredRequest.read(sealed(folder, request).file().toBytes());

        assertThat(recovered.exact()).hasValue(request);
        assertThat(recovered.unmet()).isEmpty();
        assertThat(recovered.request().complete(DESCRIPTOR, 0)).isEqualTo(request);
        assertThat(recovered.modelHash()).hasValue(MODEL.digest().toHex().substring(0, 10));
    }

    @Test
    void aSealThatDoesNotFitIsNamedAndTheTextTaken(@TempDir Path folder) {
        CanonicalRequest request = new CanonicalRequest("a fox", "", MODEL, 8, 8, 20, 5, 7, "Euler a");
        byte[] changed = sealed(folder, request)
                .file()
                .without(chunk -> chunk.type().equals("tEXt"))
                .withLast(PngChunk.ofText(Infotext.KEYWORD, "a dog\nSteps: 3, Sampler: Euler, Seed: 1, RNG: CPU"))
                .toBytes();

        RecoveredRequest recovered = RecoveredRequest.read(changed);

        assertThat(recovered.exact()).isEmpty();
        assertThat(recovered.request().prompt()).isEqualTo("a dog");
        assertThat(missed(recovered)).containsExactly("Receipt");
    }
}
