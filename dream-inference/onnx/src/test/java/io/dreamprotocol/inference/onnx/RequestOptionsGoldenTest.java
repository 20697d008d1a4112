package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.ControlInput;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.InitialImage;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.image.StyleUse;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The protocol's options against diffusers: every case of the golden pipelines that a request can ask for. */
class RequestOptionsGoldenTest {
    /** What a request has no words for. */
    private static final Set<String> NOT_IN_REQUESTS = Set.of(
            "generators",
            "n",
            "guidance_rescale",
            "prompt_2",
            "original_size",
            "negative_original_size",
            "original_steps",
            "timestep_cast");

    private static final List<ImageModel> OPEN = new ArrayList<>();

    @AfterAll
    static void close() {
        OPEN.forEach(ImageModel::close);
    }

    @TestFactory
    Stream<DynamicContainer> picturesEqualThoseOfDiffusers() {
        return Stream.of("sd15", "sdxl", "inpaint", "controlnet", "lcm").map(kind -> {
            Path folder = GoldenFiles.root().resolve("pipelines").resolve(kind);
            ImageModel model = Backends.openImageModel("onnx:" + folder.resolve("model"));
            OPEN.add(model);
            List<DynamicTest> tests = ((List<?>)
                            ((Map<?, ?>) GoldenFiles.json(folder.resolve("cases.json"))).get("cases"))
                    .stream()
                            .map(each -> (Map<?, ?>) each)
                            .filter(RequestOptionsGoldenTest::isRequest)
                            .map(each -> DynamicTest.dynamicTest(
                                    (String) each.get("name"), () -> check(model, folder, each)))
                            .toList();
            assertThat(tests).isNotEmpty();
            return DynamicContainer.dynamicContainer(kind, tests);
        });
    }

    @TestFactory
    Stream<DynamicTest> picturesOfNewWordsEqualThoseOfDiffusers() {
        Path folder = GoldenFiles.root().resolve("lora");
        Map<?, ?> inversion =
                (Map<?, ?>) ((Map<?, ?>) GoldenFiles.json(folder.resolve("lora.json"))).get("textual_inversion");
        ImageModel model = Backends.openImageModel("onnx:" + GoldenFiles.root().resolve("pipelines/sd15/model"));
        OPEN.add(model);
        return ((List<?>) inversion.get("cases"))
                .stream()
                        .map(each -> (Map<?, ?>) each)
                        .map(each -> DynamicTest.dynamicTest((String) each.get("name"), () -> {
                            Map<Cid, byte[]> blobs = new HashMap<>();
                            byte[] file = Files.readAllBytes(folder.resolve("cat-toy_a1111.safetensors"));
                            Cid cid = UnixFsFile.cidOf(file);
                            blobs.put(cid, file);
                            StyleUse word = StyleUse.word((String) inversion.get("token"), cid);
                            Map<?, ?> call = (Map<?, ?>) each.get("call");
                            RgbImage image =
                                    generate(model, call, RequestOptions.NONE.withStyles(List.of(word)), blobs);

                            assertSame(image, folder.resolve((String) each.get("image")));
                        }));
    }

    private static boolean isRequest(Map<?, ?> golden) {
        boolean ownScheduler = !(golden.get("scheduler") instanceof List<?> pair)
                || pair.get(0).equals("DDIMScheduler");
        return ownScheduler
                && golden.keySet().stream().noneMatch(NOT_IN_REQUESTS::contains)
                && golden.get("prompt") instanceof String prompt
                && !prompt.isBlank()
                && prompt.length() < 100
                && !prompt.contains("(")
                && !"".equals(golden.get("negative"));
    }

    private static void check(ImageModel model, Path folder, Map<?, ?> golden) {
        Map<Cid, byte[]> blobs = new HashMap<>();
        RequestOptions options = RequestOptions.NONE.withClipSkip((int) number(golden, "clip_skip", 0));
        if (golden.get("image") instanceof String image) {
            Optional<Cid> mask = Optional.ofNullable(golden.get("mask")).map(name -> input(blobs, "mask_" + name));
            options = options.withInitialImage(
                    new InitialImage(input(blobs, "image_" + image), number(golden, "strength", 1), mask));
        }
        if (golden.get("control") instanceof String control) {
            options = options.withControls(List.of(new ControlInput(
                    "controlnet",
                    input(blobs, "control_" + control),
                    number(golden, "control_scale", 1),
                    number(golden, "control_guidance_start", 0),
                    number(golden, "control_guidance_end", 1))));
        }
        if (golden.containsKey("eta")) {
            options = options.withEta(number(golden, "eta", 0));
        }
        RgbImage image = generate(model, golden, options, blobs);
        assertSame(image, folder.resolve((String) ((List<?>) golden.get("images")).getFirst()));
    }

    private static RgbImage generate(
            ImageModel model, Map<?, ?> golden, RequestOptions options, Map<Cid, byte[]> blobs) {
        CanonicalRequest request = new CanonicalRequest(
                (String) golden.get("prompt"),
                golden.get("negative") instanceof String negative ? negative : "",
                model.descriptor().id(),
                (int) number(golden, "width", 64),
                (int) number(golden, "height", 64),
                (int) number(golden, "steps", 0),
                number(golden, "guidance", 0),
                (long) number(golden, "seed", 0),
                golden.containsKey("scheduler")
                        ? "DDIM"
                        : model.descriptor().defaults().scheduler(),
                options);

        model.check(request);
        return model.generate(request, source(blobs), ProgressListener.NONE, new Cancellation())
                .image();
    }

    private static void assertSame(RgbImage image, Path file) {
        int[] expected = GoldenFiles.rgb(file);
        assertThat(image.toArray()).hasSameSizeAs(expected);
        assertThat(GoldenComparison.shareWithin(2, image.toArray(), expected)).isEqualTo(1);
    }

    private static Cid input(Map<Cid, byte[]> blobs, String name) {
        try {
            byte[] file = Files.readAllBytes(GoldenFiles.root().resolve("pipelines/inputs/" + name + ".png"));
            Cid cid = UnixFsFile.cidOf(file);
            blobs.put(cid, file);
            return cid;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static BlobSource source(Map<Cid, byte[]> blobs) {
        return cid -> {
            byte[] file = blobs.get(cid);
            if (file == null) {
                throw new NotFoundException(ErrorCode.BLOB_NOT_FOUND, "Blob " + cid + " is not here");
            }
            return new ByteArrayInputStream(file);
        };
    }

    private static double number(Map<?, ?> map, String key, double absent) {
        return map.get(key) instanceof Number number ? number.doubleValue() : absent;
    }
}
