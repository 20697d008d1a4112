package io.dreamprotocol.inference.diffusion.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.LatentPreview;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.storage.BlobSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CheckedImageModelTest {
    private final AtomicInteger closed = new AtomicInteger();
    private final List<Boolean> previews = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(SafetyPolicy.class)
    void aSafePictureIsGivenOutAsItIs(SafetyPolicy policy) {
        ModelOutput output = generate(Optional.of((picture, cancellation) -> false), policy);

        assertThat(output.image()).isEqualTo(picture());
        assertThat(output.substitutions()).containsExactly("the model's own");
    }

    @Test
    void blockWithholdsAnUnsafePicture() {
        assertThatThrownBy(() -> generate(unsafe(), SafetyPolicy.BLOCK))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IMAGE_BLOCKED));
        assertThat(previews).containsOnly(false);
    }

    @Test
    void blurHidesItAndSaysSo() {
        ModelOutput output = generate(unsafe(), SafetyPolicy.BLUR);

        assertThat(output.image()).isEqualTo(StrongBlur.of(picture())).isNotEqualTo(picture());
        assertThat(output.substitutions()).hasSize(2).last().asString().contains("blurred");
        assertThat(previews).containsOnly(false);
    }

    @Test
    void flagSaysSoAlone() {
        ModelOutput output = generate(unsafe(), SafetyPolicy.FLAG);

        assertThat(output.image()).isEqualTo(picture());
        assertThat(output.substitutions()).hasSize(2).last().asString().contains("flagged");
        assertThat(previews).containsExactly(true);
    }

    @ParameterizedTest
    @EnumSource(SafetyPolicy.class)
    void withoutACheckerTheOutputSaysThatNothingWasChecked(SafetyPolicy policy) {
        ModelOutput output = generate(Optional.empty(), policy);

        assertThat(output.image()).isEqualTo(picture());
        assertThat(output.substitutions()).hasSize(2).last().asString().contains("not checked");
    }

    @Test
    void closingClosesTheModelAndTheChecker() {
        SafetyChecker checker = new SafetyChecker() {
            @Override
            public boolean isUnsafe(RgbImage picture, Cancellation cancellation) {
                return false;
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
        new CheckedImageModel(new OnePicture(), Optional.of(checker), SafetyPolicy.FLAG).close();

        assertThat(closed).hasValue(2);
    }

    @Test
    void policiesHaveNames() {
        assertThat(SafetyPolicy.named("Block")).contains(SafetyPolicy.BLOCK);
        assertThat(SafetyPolicy.named("none")).isEmpty();
        assertThat(SafetyPolicy.names()).isEqualTo("block, blur, flag");
    }

    private static Optional<SafetyChecker> unsafe() {
        return Optional.of((picture, cancellation) -> picture.equals(picture()));
    }

    private ModelOutput generate(Optional<SafetyChecker> checker, SafetyPolicy policy) {
        CheckedImageModel model = new CheckedImageModel(new OnePicture(), checker, policy);
        CanonicalRequest request = GenerationRequest.of("a fox").complete(model.descriptor(), 1);
        model.check(request);
        return model.generate(
                request, progress -> previews.add(progress.preview().isPresent()), new Cancellation());
    }

    private static RgbImage picture() {
        byte[] rgb = new byte[16 * 16 * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 37);
        }
        return RgbImage.of(16, 16, rgb);
    }

    /** A model that always makes the same picture, with previews. */
    private final class OnePicture implements ImageModel {
        @Override
        public ModelDescriptor descriptor() {
            return new ModelDescriptor(
                    new ModelId("one", Bytes.sha256(new byte[0])),
                    "none",
                    List.of(),
                    new ModelDefaults(16, 16, 1, 1, "Euler"),
                    new ModelLimits(8, 8, 64, 4096),
                    List.of("Euler"));
        }

        @Override
        public void check(CanonicalRequest request) {}

        @Override
        public ModelOutput generate(
                CanonicalRequest request, BlobSource inputs, ProgressListener listener, Cancellation cancellation) {
            LatentPreview preview = new LatentPreview() {
                @Override
                public RgbImage linear() {
                    return picture();
                }

                @Override
                public RgbImage decoded() {
                    return picture();
                }
            };
            listener.onProgress(new Progress(1, 1, Optional.of(preview)));
            return new ModelOutput(
                    picture(), new EngineInfo("none", "1", "cpu", "float32"), List.of("the model's own"));
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }
}
