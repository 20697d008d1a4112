package io.dreamprotocol.inference.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.LatentPreview;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RgbImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What every {@link ImageModel} promises, as tests. A subclass opens the model; all tests share it.
 *
 * <pre>{@code
 * class MyImageModelTest extends ImageModelContract {
 *     @Override
 *     protected ImageModel openModel() {
 *         return new MyImageModel();
 *     }
 * }
 * }</pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ImageModelContract {
    private static final long SEED = 7;

    private ImageModel model;
    private ModelDescriptor descriptor;

    /** Creates the suite. */
    protected ImageModelContract() {}

    @BeforeAll
    final void open() {
        model = openModel();
        descriptor = model.descriptor();
    }

    @AfterAll
    final void close() {
        model.close();
        model.close();
    }

    /**
     * Opens the model to be tested. Called once, before the first test.
     *
     * @return the model, which the suite closes
     */
    protected abstract ImageModel openModel();

    /**
     * Returns a prompt that the model can draw.
     *
     * @return the prompt
     */
    protected String prompt() {
        return "a red apple";
    }

    /**
     * Returns another prompt, which gives another picture.
     *
     * @return the prompt
     */
    protected String otherPrompt() {
        return "a blue rocket";
    }

    @Test
    final void theDescriptorNamesFilesAndSettingsThatFitEachOther() {
        assertThat(model.descriptor()).isEqualTo(descriptor);
        assertThat(descriptor.id().digest()).isEqualTo(ModelFile.digestOf(descriptor.files()));
        assertThat(descriptor.architecture()).isNotBlank();
        assertThat(descriptor.schedulers())
                .doesNotHaveDuplicates()
                .contains(descriptor.defaults().scheduler());
        descriptor
                .limits()
                .check(descriptor.defaults().width(), descriptor.defaults().height());
        model.check(complete(GenerationRequest.of(prompt())));
    }

    @Test
    final void anOpenRequestGivesAnImageOfTheModelsOwnSize() {
        ModelOutput output = generate(complete(GenerationRequest.of(prompt())));

        assertThat(output.image().width()).isEqualTo(descriptor.defaults().width());
        assertThat(output.image().height()).isEqualTo(descriptor.defaults().height());
        assertThat(output.engine().name()).isNotBlank();
        assertThat(output.engine().version()).isNotBlank();
        assertThat(output.engine().provider()).isNotBlank();
        assertThat(output.engine().dtype()).isNotBlank();
        assertThat(output.substitutions()).isEmpty();
        assertThat(colours(output.image())).as("number of colours").isGreaterThan(2);
    }

    @Test
    final void widthAndHeightAreThoseAskedFor() {
        int multiple = descriptor.limits().sizeMultiple();
        CanonicalRequest request = complete(quick().withWidth(smallSide() + multiple));

        RgbImage image = generate(request).image();

        assertThat(image.width()).isEqualTo(smallSide() + multiple);
        assertThat(image.height()).isEqualTo(smallSide());
    }

    @Test
    final void theSameRequestGivesTheSamePixels() {
        CanonicalRequest request = complete(quick());

        assertThat(generate(request).image()).isEqualTo(generate(request).image());
    }

    @Test
    final void everySettingChangesTheImage() {
        List<GenerationRequest> requests = List.of(
                quick(),
                quick().withSeed(SEED + 1),
                quick().withSteps(quick().steps().orElseThrow() + 1),
                quick().withGuidanceScale(1),
                quick().withGuidanceScale(quick().guidanceScale().orElseThrow() + 2),
                quick().withNegativePrompt(otherPrompt()),
                other());

        Set<RgbImage> images = new HashSet<>();
        for (GenerationRequest request : requests) {
            images.add(generate(complete(request)).image());
        }

        assertThat(images).hasSameSizeAs(requests);
    }

    @Test
    final void everyListedSchedulerMakesAnImage() {
        for (String scheduler : descriptor.schedulers()) {
            CanonicalRequest request =
                    complete(quick().withScheduler(scheduler).withSteps(4).withGuidanceScale(1));
            model.check(request);
            assertThat(generate(request).image().width()).as(scheduler).isEqualTo(smallSide());
        }
    }

    @Test
    final void progressBeginsWithNoneAndEndsWithAllSteps() {
        CanonicalRequest request = complete(quick());
        List<Progress> told = new ArrayList<>();
        Set<Thread> threads = new HashSet<>();

        model.generate(
                request,
                progress -> {
                    told.add(progress);
                    threads.add(Thread.currentThread());
                },
                new Cancellation());

        assertThat(threads).containsExactly(Thread.currentThread());
        assertThat(told.getFirst()).isEqualTo(new Progress(0, request.steps()));
        assertThat(told.getLast().step()).isEqualTo(request.steps());
        assertThat(told).extracting(Progress::steps).containsOnly(request.steps());
        assertThat(told).extracting(Progress::step).isSorted();
    }

    @Test
    final void previewsArePicturesThatChangeNothing() {
        CanonicalRequest request = complete(quick());
        RgbImage before = generate(request).image();
        List<LatentPreview> given = new ArrayList<>();
        List<RgbImage> decoded = new ArrayList<>();

        RgbImage image = model.generate(
                        request,
                        progress -> progress.preview().ifPresent(preview -> {
                            given.add(preview);
                            RgbImage linear = preview.linear();
                            assertThat(linear.width()).isBetween(1, request.width());
                            assertThat(linear.height()).isBetween(1, request.height());
                            decoded.add(preview.decoded());
                        }),
                        new Cancellation())
                .image();

        assertThat(image).isEqualTo(before);
        for (RgbImage picture : decoded) {
            assertThat(picture.width()).isEqualTo(request.width());
            assertThat(picture.height()).isEqualTo(request.height());
        }
        for (LatentPreview preview : given) {
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(preview::linear);
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(preview::decoded);
        }
    }

    @Test
    final void concurrentRequestsGiveWhatTheyGiveAlone() throws Exception {
        int multiple = descriptor.limits().sizeMultiple();
        List<GenerationRequest> different = List.of(
                quick(),
                quick().withSeed(SEED + 1),
                quick().withWidth(smallSide() + multiple),
                quick().withHeight(smallSide() + 2 * multiple).withSeed(SEED + 2),
                other().withSeed(SEED + 3),
                other().withGuidanceScale(1),
                other().withSteps(3).withWidth(smallSide() + 2 * multiple));
        List<CanonicalRequest> requests = new ArrayList<>();
        List<RgbImage> alone = new ArrayList<>();
        for (GenerationRequest each : different) {
            CanonicalRequest request = complete(each);
            requests.add(request);
            alone.add(generate(request).image());
        }

        CyclicBarrier together = new CyclicBarrier(requests.size());
        try (ExecutorService executor = Executors.newFixedThreadPool(requests.size())) {
            List<Future<List<RgbImage>>> results = new ArrayList<>();
            for (CanonicalRequest request : requests) {
                results.add(executor.submit(() -> {
                    together.await();
                    return List.of(generate(request).image(), generate(request).image());
                }));
            }
            for (int i = 0; i < requests.size(); i++) {
                assertThat(results.get(i).get()).as("request %s", i).containsOnly(alone.get(i));
            }
        }
    }

    @Test
    final void aSizeThatIsNoMultipleIsRefused() {
        int multiple = descriptor.limits().sizeMultiple();
        if (multiple > 1) {
            assertRefused(
                    with(smallSide() + 1, smallSide(), descriptor.defaults().scheduler()), ErrorCode.INVALID_SIZE);
        }
    }

    @Test
    final void aSizeOutOfRangeIsRefused() {
        int multiple = descriptor.limits().sizeMultiple();
        int tooLarge = Math.ceilDiv(descriptor.limits().maxSide() + 1, multiple) * multiple;
        assertRefused(with(tooLarge, smallSide(), descriptor.defaults().scheduler()), ErrorCode.INVALID_SIZE);
    }

    @Test
    final void anUnknownSchedulerIsRefused() {
        assertRefused(with(smallSide(), smallSide(), "no such scheduler"), ErrorCode.UNKNOWN_SCHEDULER);
    }

    @Test
    final void aRequestForAnotherModelIsRefused() {
        CanonicalRequest request = complete(quick());
        ModelId other = new ModelId(descriptor.id().name(), Bytes.sha256(new byte[] {1}));
        assertRefused(
                new CanonicalRequest(
                        request.prompt(),
                        request.negativePrompt(),
                        other,
                        request.width(),
                        request.height(),
                        request.steps(),
                        request.guidanceScale(),
                        request.seed(),
                        request.scheduler()),
                ErrorCode.UNKNOWN_MODEL);
    }

    @Test
    final void workThatWasCancelledBeforeDoesNotBegin() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        AtomicInteger told = new AtomicInteger();

        assertStopped(
                () -> model.generate(complete(quick()), progress -> told.incrementAndGet(), cancellation),
                ErrorCode.CANCELLED);

        assertThat(told).hasValue(0);
    }

    @Test
    final void cancellingStopsTheWorkAndTheModelServesOn() {
        CanonicalRequest request = complete(quick());
        RgbImage before = generate(request).image();
        Cancellation cancellation = new Cancellation();
        List<Integer> steps = new ArrayList<>();

        assertStopped(
                () -> model.generate(
                        request,
                        progress -> {
                            steps.add(progress.step());
                            if (progress.step() >= 1) {
                                cancellation.cancel();
                            }
                        },
                        cancellation),
                ErrorCode.CANCELLED);

        assertThat(steps.getLast()).isLessThan(request.steps());
        assertThat(generate(request).image()).isEqualTo(before);
    }

    @Test
    final void theDeadlineStopsTheWork() {
        CanonicalRequest request = complete(GenerationRequest.of(prompt()).withSteps(CanonicalRequest.MAX_STEPS));
        Cancellation cancellation = new Cancellation();
        try (Cancellation.Registration timer = cancellation.stopAfter(Duration.ofMillis(50))) {
            assertStopped(
                    () -> model.generate(request, ProgressListener.NONE, cancellation), ErrorCode.DEADLINE_EXCEEDED);
            assertThat(timer).isNotNull();
        }
    }

    @Test
    final void anErrorOfTheListenerEndsTheWorkAndTheModelServesOn() {
        CanonicalRequest request = complete(quick());
        IllegalStateException mistake = new IllegalStateException("the listener's own");

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> model.generate(
                        request,
                        progress -> {
                            throw mistake;
                        },
                        new Cancellation()))
                .isSameAs(mistake);

        assertThat(generate(request).image().width()).isEqualTo(smallSide());
    }

    private ModelOutput generate(CanonicalRequest request) {
        return model.generate(request, ProgressListener.NONE, new Cancellation());
    }

    private CanonicalRequest complete(GenerationRequest request) {
        return request.complete(descriptor, SEED);
    }

    /** A request that takes little time. */
    private GenerationRequest quick() {
        return quick(prompt());
    }

    private GenerationRequest other() {
        return quick(otherPrompt());
    }

    private GenerationRequest quick(String text) {
        return GenerationRequest.of(text)
                .withSeed(SEED)
                .withWidth(smallSide())
                .withHeight(smallSide())
                .withSteps(6)
                .withGuidanceScale(4);
    }

    private CanonicalRequest with(int width, int height, String scheduler) {
        CanonicalRequest request = complete(quick());
        return new CanonicalRequest(
                request.prompt(),
                request.negativePrompt(),
                request.model(),
                width,
                height,
                request.steps(),
                request.guidanceScale(),
                request.seed(),
                scheduler);
    }

    /** The smallest side that the model can make. */
    private int smallSide() {
        int multiple = descriptor.limits().sizeMultiple();
        return Math.ceilDiv(descriptor.limits().minSide(), multiple) * multiple;
    }

    private void assertRefused(CanonicalRequest request, ErrorCode code) {
        AtomicInteger told = new AtomicInteger();
        DreamException checked = catchThrowableOfType(DreamException.class, () -> model.check(request));
        DreamException generated = catchThrowableOfType(
                DreamException.class,
                () -> model.generate(request, progress -> told.incrementAndGet(), new Cancellation()));

        assertThat(checked).as("what check says").isNotNull();
        assertThat(checked.code()).isEqualTo(code);
        assertThat(checked.getMessage()).isNotBlank().doesNotContain("\n");
        assertThat(generated).as("what generate says").isNotNull();
        assertThat(generated.code()).isEqualTo(code);
        assertThat(told).hasValue(0);
    }

    private static void assertStopped(ThrowingCallable work, ErrorCode code) {
        DreamException error = catchThrowableOfType(DreamException.class, work);

        assertThat(error).as("what stops the work").isNotNull();
        assertThat(error.code()).isEqualTo(code);
    }

    private static int colours(RgbImage image) {
        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                colours.add(image.pixel(x, y));
            }
        }
        return colours.size();
    }
}
