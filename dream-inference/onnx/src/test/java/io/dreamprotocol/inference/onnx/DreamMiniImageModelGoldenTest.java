package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.image.StyleUse;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The bundled model as an image model against Python: what a user asks for by name gives the same pictures. */
class DreamMiniImageModelGoldenTest {
    /** The web UI's names of the cases' schedulers. */
    private static final Map<String, String> SCHEDULERS = Map.of(
            "EulerDiscreteScheduler", "Euler", "EulerAncestralDiscreteScheduler", "Euler a", "DDIMScheduler", "DDIM");

    @TempDir
    static Path cache;

    private static ImageModel model;

    @BeforeAll
    static void open() {
        model = Backends.openImageModel("onnx:dream-mini?cache=" + cache);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @TestFactory
    Stream<DynamicTest> picturesEqualThoseOfPython() {
        Path golden = GoldenFiles.root().resolve("dream-mini");
        List<?> cases = (List<?>) GoldenFiles.json(golden.resolve("cases.json"));
        assertThat(cases).isNotEmpty();
        return cases.stream()
                .map(each -> (Map<?, ?>) each)
                .map(each -> DynamicTest.dynamicTest((String) each.get("name"), () -> check(golden, each)));
    }

    private static void check(Path golden, Map<?, ?> values) {
        GenerationRequest request = GenerationRequest.of((String) values.get("prompt"))
                .withSeed(((Number) values.get("seed")).longValue())
                .withSteps(((Number) values.get("steps")).intValue())
                .withGuidanceScale(((Number) values.get("guidance")).doubleValue());
        if (values.get("negative") instanceof String negative) {
            request = request.withNegativePrompt(negative);
        }
        if (values.get("width") instanceof Number width && values.get("height") instanceof Number height) {
            request = request.withWidth(width.intValue()).withHeight(height.intValue());
        }
        if (values.get("scheduler") instanceof String scheduler) {
            request = request.withScheduler(SCHEDULERS.get(scheduler));
        } else if (values.containsKey("scheduler_options")) {
            request = request.withScheduler("DPM++ 2M Karras");
        }
        CanonicalRequest plain = request.complete(model.descriptor(), 0);
        Map<Cid, byte[]> blobs = new HashMap<>();
        CanonicalRequest styled = new CanonicalRequest(
                plain.prompt(),
                plain.negativePrompt(),
                plain.model(),
                plain.width(),
                plain.height(),
                plain.steps(),
                plain.guidanceScale(),
                plain.seed(),
                plain.scheduler(),
                RequestOptions.NONE.withStyles(styles(values, blobs)));
        ModelOutput output = model.generate(
                styled, RequestOptionsGoldenTest.source(blobs), ProgressListener.NONE, new Cancellation());
        RgbImage image = output.image();
        assertThat(output.styles()).hasSameSizeAs(styled.options().styles());

        int[] expected = GoldenFiles.rgb(golden.resolve(values.get("name") + ".png"));
        byte[] actual = image.toArray();
        assertThat(actual).hasSameSizeAs(expected);
        assertThat(GoldenComparison.shareWithin(2, actual, expected))
                .as("share of close values")
                .isGreaterThanOrEqualTo(0.999);
        assertThat(GoldenComparison.psnr(actual, expected)).as("PSNR").isGreaterThan(40);
    }

    private static List<StyleUse> styles(Map<?, ?> values, Map<Cid, byte[]> blobs) {
        List<StyleUse> styles = new ArrayList<>();
        if (values.get("loras") instanceof List<?> loras) {
            for (Object each : loras) {
                List<?> lora = (List<?>) each;
                byte[] file = resource((String) lora.get(0));
                Cid cid = UnixFsFile.cidOf(file);
                blobs.put(cid, file);
                styles.add(new StyleUse(
                        (String) lora.get(0),
                        cid,
                        ((Number) lora.get(1)).doubleValue(),
                        ((Number) lora.get(2)).doubleValue()));
            }
        }
        return styles;
    }

    private static byte[] resource(String name) {
        ClassLoader loader = DreamMiniImageModelGoldenTest.class.getClassLoader();
        try (InputStream in = loader.getResourceAsStream("io/dreamprotocol/inference/models/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
