package io.dreamprotocol.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ProgressListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ModelCacheTest {
    private static final String A = "a:40";
    private static final String B = "b:50";
    private static final String C = "c:30";

    private final FakeModels models = new FakeModels();
    private final ModelCache cache = new ModelCache(100, models::open);
    private final ExecutorService executor = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        cache.close();
        cache.close();
        executor.close();
        assertThat(models.mistakes).isEmpty();
        assertThat(models.aliveBytes()).isZero();
    }

    @Test
    void nothingIsOpenedBeforeItIsNeeded() {
        ImageModel model = cache.model(A);

        assertThat(models.opened).isEmpty();
        assertThat(model.descriptor().id().name()).isEqualTo("a");
        assertThat(cache.loaded()).containsExactly(A);
        assertThat(cache.loadedBytes()).isEqualTo(40);
    }

    @Test
    void oneLoadedModelServesAll() {
        try (ModelCache.Lease one = lease(A);
                ModelCache.Lease two = lease(A)) {
            assertThat(one.model()).isSameAs(two.model());
        }
        generate(cache.model(A));

        assertThat(models.timesOpened(A)).isEqualTo(1);
    }

    @Test
    void theModelNotUsedForLongestGivesWay() {
        generate(cache.model(A));
        generate(cache.model(B));
        generate(cache.model(A));
        assertThat(cache.loaded()).containsExactly(B, A);

        generate(cache.model(C));

        assertThat(cache.loaded()).containsExactly(A, C);
        generate(cache.model(B));
        assertThat(cache.loaded()).containsExactly(C, B);
    }

    @Test
    void aModelInUseNeverGivesWay() {
        try (ModelCache.Lease lease = lease(A)) {
            generate(cache.model(B));
            generate(cache.model(C));

            assertThat(cache.loaded()).containsExactly(A, C);
            generate(lease.model());
        }
    }

    @Test
    void whoFindsNoRoomWaitsUntilAModelIsGivenBack() throws Exception {
        cache.model(B).descriptor();
        ModelCache.Lease lease = lease("large:90");
        Future<?> waiting = executor.submit(() -> generate(cache.model(B)));
        Future<?> unknown = executor.submit(() -> generate(cache.model("unknown:60")));

        while (models.timesOpened("unknown:60") == 0) {
            Thread.onSpinWait();
        }
        assertThat(waiting).isNotDone();
        assertThat(unknown).isNotDone();
        assertThat(lease.model().descriptor()).isNotNull();
        lease.close();

        waiting.get();
        unknown.get();
        assertThat(cache.loadedBytes()).isLessThanOrEqualTo(100);
    }

    @Test
    void waitingCanBeStopped() throws Exception {
        cache.model(B).descriptor();
        try (ModelCache.Lease lease = lease("large:90")) {
            Cancellation cancellation = new Cancellation();
            Future<ModelCache.Lease> waiting = executor.submit(() -> cache.lease(B, cancellation));
            cancellation.cancel();

            assertThatThrownBy(waiting::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
            generate(lease.model());
        }
        generate(cache.model(B));
    }

    @Test
    void whoGivesUpDoesNotTakeALoadingModelFromOthers() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        models.whileOpening = address -> {
            opening.countDown();
            await(go);
        };
        Cancellation cancellation = new Cancellation();
        Future<ModelCache.Lease> first = executor.submit(() -> cache.lease(A, cancellation));
        opening.await();
        Future<?> second = executor.submit(() -> generate(cache.model(A)));
        cancellation.cancel();

        assertThat(catchThrowable(first::get)).isInstanceOf(ExecutionException.class);
        go.countDown();
        second.get();

        assertThat(models.timesOpened(A)).isEqualTo(1);
    }

    @Test
    void aModelLargerThanTheBudgetIsRefused() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> lease("huge:101"))
                    .isInstanceOfSatisfying(
                            UnsupportedException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_ENOUGH_MEMORY))
                    .hasMessageContaining("101")
                    .hasMessageContaining("100");
        }
        assertThat(models.timesOpened("huge:101")).isEqualTo(1);
        generate(cache.model("fits:100"));
    }

    @Test
    void manyWhoAskAtOnceLoadItOnce() throws Exception {
        int threads = 16;
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Future<?>> results = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            results.add(executor.submit(() -> {
                together.await();
                return generate(cache.model(A));
            }));
        }
        for (Future<?> result : results) {
            result.get();
        }

        assertThat(models.timesOpened(A)).isEqualTo(1);
    }

    @Test
    void aFailureToLoadIsToldToAllWhoWaitAndThenForgotten() throws Exception {
        NotFoundException failure = new NotFoundException(ErrorCode.MODEL_FILE_MISSING, "gone");
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        models.whileOpening = address -> {
            opening.countDown();
            await(go);
            throw failure;
        };
        Future<?> first = executor.submit(() -> lease(A));
        opening.await();
        go.countDown();

        assertThatThrownBy(first::get).hasCause(failure);
        assertThatThrownBy(() -> lease(A)).isSameAs(failure);
        assertThat(models.timesOpened(A)).isEqualTo(2);
        models.whileOpening = address -> {};
        generate(cache.model(A));
    }

    @Test
    void anEngineThatCannotBeLinkedIsAFailureToLoad() {
        models.whileOpening = address -> {
            throw new UnsatisfiedLinkError("no library");
        };
        assertThatThrownBy(() -> lease(A)).hasMessageContaining("no library").isInstanceOf(DreamException.class);

        models.whileOpening = address -> {
            throw new OutOfMemoryError();
        };
        assertThatThrownBy(() -> lease(A))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_ENOUGH_MEMORY));
    }

    @Test
    void closingWaitsForWhoUsesAModelAndRefusesOthers() throws Exception {
        ModelCache.Lease lease = lease(A);
        CountDownLatch begun = new CountDownLatch(1);
        Future<?> closing = executor.submit(() -> {
            begun.countDown();
            cache.close();
        });
        begun.await();
        while (!(catchThrowable(() -> lease(C).close()) instanceof IllegalStateException)) {
            Thread.onSpinWait();
        }

        assertThat(closing).isNotDone();
        generate(lease.model());
        lease.close();
        lease.close();
        closing.get();

        assertThatThrownBy(lease::model).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cache.model(A).check(FakeModels.request(cache.model(A))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingTellsOfAModelThatFailedToClose() {
        IllegalStateException failure = new IllegalStateException("stuck");
        ModelCache own = new ModelCache(100, models::open);
        models.whileClosing = address -> {
            if (address.equals(A)) {
                throw failure;
            }
        };
        generate(own.model(A));
        generate(own.model("large:90"));
        assertThat(own.loaded()).containsExactly("large:90");

        assertThatThrownBy(own::close).isSameAs(failure);
        own.close();
        models.whileClosing = address -> {};
    }

    @Test
    void closingTheModelItselfChangesNothing() {
        ImageModel model = cache.model(A);
        generate(model);
        model.close();

        generate(model);

        assertThat(models.timesOpened(A)).isEqualTo(1);
    }

    @Test
    void aBudgetIsPositive() {
        assertThatThrownBy(() -> new ModelCache(0, models::open)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Many threads want many models at random; the fake models find what must not happen. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void underLoadTheBudgetHoldsAndEveryRequestIsServed(long seed) throws Exception {
        List<String> addresses = List.of("a:20", "b:30", "c:40", "d:50", "e:60", "f:100");
        addresses.forEach(address -> cache.model(address).descriptor());
        AtomicLong most = new AtomicLong();
        models.whileOpening = address -> most.accumulateAndGet(models.aliveBytes(), Math::max);
        models.whileGenerating = address -> Thread.onSpinWait();
        List<Future<Integer>> results = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            Random random = new Random(seed * 100 + thread);
            results.add(executor.submit(() -> {
                int failures = 0;
                for (int i = 0; i < 150; i++) {
                    String address = addresses.get(random.nextInt(addresses.size()));
                    if (random.nextInt(10) == 0) {
                        Cancellation cancellation = new Cancellation();
                        cancellation.cancel();
                        assertThat(catchThrowable(() -> cache.lease(address, cancellation)))
                                .isInstanceOf(DreamException.class);
                    } else if (random.nextBoolean()) {
                        generate(cache.model(address));
                    } else {
                        try (ModelCache.Lease lease = lease(address)) {
                            generate(lease.model());
                            failures += lease.model().descriptor().id().name().equals(address.substring(0, 1)) ? 0 : 1;
                        }
                    }
                }
                return failures;
            }));
        }
        for (Future<Integer> result : results) {
            assertThat(result.get()).isZero();
        }

        assertThat(most.get()).isBetween(1L, 100L);
        assertThat(cache.loadedBytes()).isLessThanOrEqualTo(100);
    }

    private ModelCache.Lease lease(String address) {
        return cache.lease(address, new Cancellation());
    }

    private static String generate(ImageModel model) {
        CanonicalRequest request = FakeModels.request(model);
        return model.generate(request, ProgressListener.NONE, new Cancellation())
                .engine()
                .dtype();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
