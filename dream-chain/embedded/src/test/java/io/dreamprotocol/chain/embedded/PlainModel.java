package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.storage.BlobSource;
import java.util.List;

/** A model that makes black images at once. */
final class PlainModel implements ImageModel {
    @Override
    public ModelDescriptor descriptor() {
        return new ModelDescriptor(
                new ModelId("plain", Bytes.sha256(new byte[0])),
                "none",
                List.of(),
                new ModelDefaults(16, 16, 1, 5, "Euler"),
                new ModelLimits(8, 8, 64, 64 * 64),
                List.of("Euler"));
    }

    @Override
    public void check(CanonicalRequest request) {}

    @Override
    public ModelOutput generate(
            CanonicalRequest request, BlobSource inputs, ProgressListener listener, Cancellation cancellation) {
        return new ModelOutput(
                RgbImage.of(request.width(), request.height(), new byte[request.width() * request.height() * 3]),
                new EngineInfo("plain", "1", "cpu", "float32"),
                List.of());
    }

    @Override
    public void close() {}
}
