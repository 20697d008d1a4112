package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.LatentPreview;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.image.StyleUse;
import io.dreamprotocol.core.storage.BlobSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** A model that paints its seed, has one file, shows previews, and waits for the test before each image if asked to. */
final class PaintedModel implements ImageModel {
    static final byte[] WEIGHTS = "the weights".getBytes(StandardCharsets.UTF_8);
    static final ModelFile FILE = new ModelFile("unet/model.onnx", WEIGHTS.length, Bytes.sha256(WEIGHTS));

    private static final ModelDescriptor DESCRIPTOR = new ModelDescriptor(
            new ModelId("painted", ModelFile.digestOf(List.of(FILE))),
            "none",
            List.of(FILE),
            new ModelDefaults(16, 16, 20, 5, "Euler"),
            new ModelLimits(8, 8, 64, 64 * 64),
            List.of("Euler"));

    private final Semaphore leave;
    private final Duration pause;

    PaintedModel() {
        this(new Semaphore(Integer.MAX_VALUE), Duration.ZERO);
    }

    /** Paints only as many images as there are permits, and takes some time for each step. */
    PaintedModel(Semaphore leave, Duration pause) {
        this.leave = leave;
        this.pause = pause;
    }

    @Override
    public ModelDescriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public void check(CanonicalRequest request) {
        DESCRIPTOR.limits().check(request.width(), request.height());
    }

    @Override
    public ModelOutput generate(
            CanonicalRequest request, BlobSource inputs, ProgressListener listener, Cancellation cancellation) {
        byte[] rgb = new byte[request.width() * request.height() * 3];
        Arrays.fill(rgb, (byte) request.seed());
        RgbImage image = RgbImage.of(request.width(), request.height(), rgb);
        LatentPreview preview = new LatentPreview() {
            @Override
            public RgbImage linear() {
                return image;
            }

            @Override
            public RgbImage decoded() {
                return image;
            }
        };
        try {
            leave.acquire();
            for (int step = 1; step <= request.steps(); step++) {
                listener.onProgress(new Progress(step, request.steps(), Optional.of(preview)));
                Thread.sleep(pause);
                cancellation.throwIfStopped();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cancellation.cancel();
            cancellation.throwIfStopped();
        }
        List<ModelFile> styles = new ArrayList<>();
        for (StyleUse use : request.options().styles()) {
            byte[] content = inputs.read(use.file(), 1 << 20);
            styles.add(new ModelFile("styles/" + use.name(), content.length, Bytes.sha256(content)));
        }
        EngineInfo engine = new EngineInfo("painted", "1", "cpu", "float32");
        return new ModelOutput(image, engine, List.of(), styles, Optional.empty(), Map.of());
    }

    @Override
    public void close() {}
}
