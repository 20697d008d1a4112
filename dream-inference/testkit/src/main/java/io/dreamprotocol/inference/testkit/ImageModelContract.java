package io.dreamprotocol.inference.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.HiresPass;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.InitialImage;
import io.dreamprotocol.core.image.LatentPreview;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.NoiseOptions;
import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.trajectory.LatentCommitment;
import io.dreamprotocol.core.trajectory.LatentLeaf;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
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
    private final Map<Cid, byte[]> blobs = new ConcurrentHashMap<>();

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
    final void theLatentsOfAllStepsAreThoseCommittedTo() {
        CanonicalRequest request = complete(quick());
        MerkleTree.Builder leaves = MerkleTree.builder();
        ModelOutput output = model.generate(
                request,
                this::open,
                new ProgressListener() {
                    @Override
                    public void onProgress(Progress progress) {}

                    @Override
                    public void onLatents(LatentLeaf leaf) {
                        leaves.add(leaf.encode());
                    }
                },
                new Cancellation());

        Assumptions.assumeTrue(output.latents().isPresent(), "this engine does not show its latents");
        assertThat(output.latents()).hasValue(LatentCommitment.of(leaves.build()));
        assertThat(output.latents().get().leaves()).isGreaterThan(request.steps());
        assertThat(generate(request).latents()).isEqualTo(output.latents());
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
    final void everySourceOfNoiseGivesAnotherImage() {
        Set<RgbImage> images = new HashSet<>();
        for (NoiseOptions.Source source : NoiseOptions.Source.values()) {
            RequestOptions options = RequestOptions.NONE.withNoise(new NoiseOptions(source, 0, 0, 0));
            images.add(generate(possible(options)).image());
        }
        RequestOptions varied =
                RequestOptions.NONE.withNoise(new NoiseOptions(NoiseOptions.Source.TORCH_CPU, SEED + 1, 0.3, 0));
        images.add(generate(possible(varied)).image());

        assertThat(images).hasSize(NoiseOptions.Source.values().length + 1);
    }

    @Test
    final void anInitialImageTakesTheShareOfStepsThatItsStrengthSays() {
        Cid picture = put(generate(complete(other())).image());
        CanonicalRequest request =
                possible(RequestOptions.NONE.withInitialImage(new InitialImage(picture, 0.5, Optional.empty())));

        RgbImage image = assertProgress(request);

        assertThat(request.effectiveSteps()).isLessThan(request.steps());
        assertThat(image).isNotEqualTo(generate(complete(quick())).image());
    }

    @Test
    final void aMaskKeepsAndChangesPartsOfAnImage() {
        RgbImage before = generate(complete(other())).image();
        Cid picture = put(before);
        Cid nothing = put(picture(before.width(), before.height(), 0));
        Cid everything = put(picture(before.width(), before.height(), 255));
        RgbImage kept = assertProgress(
                possible(RequestOptions.NONE.withInitialImage(new InitialImage(picture, 1, Optional.of(nothing)))));
        RgbImage changed = assertProgress(
                possible(RequestOptions.NONE.withInitialImage(new InitialImage(picture, 1, Optional.of(everything)))));

        assertThat(difference(kept, before)).isLessThan(difference(changed, before));
    }

    @Test
    final void aSecondPassMakesALargerImage() {
        for (HiresPass.Upscaler upscaler : HiresPass.Upscaler.values()) {
            HiresPass pass = new HiresPass(2, 4, 0.5, upscaler);
            CanonicalRequest request = possible(RequestOptions.NONE.withHires(pass));

            RgbImage image = assertProgress(request);

            assertThat(image.width()).isEqualTo(2 * request.width());
            assertThat(image.height()).isEqualTo(2 * request.height());
        }
    }

    @Test
    final void anImageThatIsNotThereOrNoImageIsRefused() {
        byte[] text = {'t', 'e', 'x', 't'};
        Cid cid = UnixFsFile.cidOf(text);
        CanonicalRequest request =
                possible(RequestOptions.NONE.withInitialImage(new InitialImage(cid, 0.5, Optional.empty())));

        assertStopped(() -> generate(request), ErrorCode.BLOB_NOT_FOUND);
        blobs.put(cid, text);
        assertStopped(() -> generate(request), ErrorCode.IMAGE_MALFORMED);
    }

    /** A quick request with options; the test is skipped if the model cannot have them. */
    private CanonicalRequest possible(RequestOptions options) {
        CanonicalRequest plain = complete(quick());
        CanonicalRequest request = new CanonicalRequest(
                plain.prompt(),
                plain.negativePrompt(),
                plain.model(),
                plain.width(),
                plain.height(),
                plain.steps(),
                plain.guidanceScale(),
                plain.seed(),
                plain.scheduler(),
                options);
        try {
            model.check(request);
        } catch (UnsupportedException e) {
            Assumptions.abort(e.getMessage());
        }
        return request;
    }

    private RgbImage assertProgress(CanonicalRequest request) {
        List<Progress> told = new ArrayList<>();
        RgbImage image = model.generate(request, this::open, told::add, new Cancellation())
                .image();
        assertThat(told.getFirst()).isEqualTo(new Progress(0, request.effectiveSteps()));
        assertThat(told.getLast().step()).isEqualTo(request.effectiveSteps());
        assertThat(told).extracting(Progress::steps).containsOnly(request.effectiveSteps());
        assertThat(told).extracting(Progress::step).isSorted();
        return image;
    }

    private Cid put(RgbImage image) {
        byte[] file = PngPixels.encode(image, List.of()).toBytes();
        Cid cid = UnixFsFile.cidOf(file);
        blobs.put(cid, file);
        return cid;
    }

    private InputStream open(Cid cid) {
        byte[] file = blobs.get(cid);
        if (file == null) {
            throw new NotFoundException(ErrorCode.BLOB_NOT_FOUND, "There is no blob " + cid);
        }
        return new ByteArrayInputStream(file);
    }

    private static RgbImage picture(int width, int height, int value) {
        byte[] rgb = new byte[3 * width * height];
        Arrays.fill(rgb, (byte) value);
        return RgbImage.of(width, height, rgb);
    }

    private static long difference(RgbImage left, RgbImage right) {
        byte[] a = left.toArray();
        byte[] b = right.toArray();
        long sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 0xFF) - (b[i] & 0xFF));
        }
        return sum;
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
        return model.generate(request, this::open, ProgressListener.NONE, new Cancellation());
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
