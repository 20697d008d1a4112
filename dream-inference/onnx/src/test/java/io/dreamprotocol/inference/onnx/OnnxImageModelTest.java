package io.dreamprotocol.inference.onnx;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.inference.testkit.ImageModelContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The bundled model on ONNX Runtime keeps the contract of image models. */
class OnnxImageModelTest extends ImageModelContract {
    @TempDir
    static Path cache;

    @Override
    protected ImageModel openModel() {
        return Backends.openImageModel("onnx:dream-mini?cache=" + cache);
    }
}
