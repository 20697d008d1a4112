package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.model.BundledModels;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.onnx.OnnxOptions;
import io.dreamprotocol.inference.onnx.OnnxRuntime;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled model's autoencoder in tiles against the same on the whole picture. */
class TiledAutoencoderTest {
    private static final int SIDE = 48;
    private static final VaeTiling WHOLE = new VaeTiling(SIDE, 1, 0);
    private static final VaeTiling CUT = new VaeTiling(32, 16, 0);

    @TempDir
    static Path cache;

    private static ModelFolder folder;
    private static Latents latents;
    private static OnnxRuntime runtime;

    @BeforeAll
    static void make() {
        BundledModels bundled = BundledModels.of(TiledAutoencoderTest.class.getClassLoader());
        folder = ModelFolder.open(bundled.unpack("dream-mini", cache));
        runtime = OnnxRuntime.start(OnnxOptions.defaults());
        try (StableDiffusionModel model = StableDiffusionModel.load(folder, runtime)) {
            DiffusionRequest request = DiffusionRequest.builder(folder, "a castle on a hill")
                    .size(SIDE * 8, SIDE * 8)
                    .steps(6)
                    .build();
            latents = new StableDiffusionPipeline(model)
                    .denoise(request, NoiseKind.CPU.source(1), step -> {}, LatentRecorder.NONE, new Cancellation());
        }
    }

    @Test
    void decodedTilesFitTogether() {
        RgbImage whole = decode(WHOLE);
        RgbImage cut = decode(CUT);

        assertThat(cut).isNotEqualTo(whole).isEqualTo(decode(CUT));
        double psnr = psnr(whole, cut);
        assertThat(psnr).isGreaterThan(40);
    }

    @Test
    void encodedTilesFitTogether() {
        float[] picture = Pixels.toSigned(decode(WHOLE));
        float[] whole = encode(WHOLE, picture);
        float[] cut = encode(CUT, picture);

        double squares = 0;
        double signal = 0;
        for (int i = 0; i < whole.length; i++) {
            squares += (whole[i] - cut[i]) * (whole[i] - cut[i]);
            signal = Math.max(signal, Math.abs(whole[i]));
        }
        double psnr = 10 * Math.log10(4 * signal * signal / (squares / whole.length));
        assertThat(psnr).isGreaterThan(40);
    }

    private static RgbImage decode(VaeTiling tiling) {
        try (VaeDecoder decoder = VaeDecoder.of(
                folder,
                runtime.load(new NetworkSource("vae_decoder", folder.network(ModelPart.VAE_DECODER))),
                tiling)) {
            return decoder.decode(latents, 0, new Cancellation());
        }
    }

    private static float[] encode(VaeTiling tiling, float[] picture) {
        try (VaeEncoder encoder = new VaeEncoder(folder, runtime, tiling, false)) {
            float[] sample = new float[latents.imageSize()];
            encoder.encode(picture, SIDE * 8, SIDE * 8, new Cancellation()).sample(sample);
            return sample;
        }
    }

    private static double psnr(RgbImage left, RgbImage right) {
        byte[] a = left.toArray();
        byte[] b = right.toArray();
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (a[i] & 0xFF) - (b[i] & 0xFF);
            squares += difference * difference;
        }
        return 10 * Math.log10(255 * 255 / (squares / a.length));
    }
}
