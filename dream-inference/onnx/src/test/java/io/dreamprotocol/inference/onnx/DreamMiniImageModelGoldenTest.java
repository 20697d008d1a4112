package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.nio.file.Path;
import java.util.HashMap;
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
        return DreamMiniCase.tests(DreamMiniImageModelGoldenTest::check);
    }

    private static void check(DreamMiniCase golden) {
        GenerationRequest request = GenerationRequest.of(golden.text("prompt"))
                .withSeed(golden.number("seed").longValue())
                .withSteps(golden.number("steps").intValue())
                .withGuidanceScale(golden.number("guidance").doubleValue());
        if (golden.has("negative")) {
            request = request.withNegativePrompt(golden.text("negative"));
        }
        if (golden.has("width")) {
            request = request.withWidth(golden.number("width").intValue())
                    .withHeight(golden.number("height").intValue());
        }
        if (golden.has("scheduler")) {
            request = request.withScheduler(SCHEDULERS.get(golden.text("scheduler")));
        } else if (golden.has("scheduler_options")) {
            request = request.withScheduler("DPM++ 2M Karras");
        }
        Map<Cid, byte[]> blobs = new HashMap<>();
        for (DreamMiniCase.Lora lora : golden.loras()) {
            byte[] file = lora.content();
            blobs.put(UnixFsFile.cidOf(file), file);
            request = request.withStyle(lora.file(), Bytes.of(file), lora.weight(), lora.textEncoderWeight());
        }
        ModelOutput output = model.generate(
                request.complete(model.descriptor(), 0),
                RequestOptionsGoldenTest.source(blobs),
                ProgressListener.NONE,
                new Cancellation());

        assertThat(output.styles()).hasSameSizeAs(golden.loras());
        golden.assertSame(output.image());
    }
}
