package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.network.TensorInfo;
import io.dreamprotocol.inference.diffusion.style.AppliedStyle;
import io.dreamprotocol.inference.diffusion.style.StyleModel;
import io.dreamprotocol.inference.diffusion.style.TextualInversion;
import io.dreamprotocol.inference.diffusion.weights.SafetensorsBytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StyleCacheTest {
    @TempDir
    Path folder;

    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private StyleModel style;

    @BeforeEach
    void writeStyle() {
        style = StyleModel.load(new SafetensorsBytes()
                .floats("unet.a.lora_A.weight", List.of(1, 1), 1)
                .floats("unet.a.lora_B.weight", List.of(1, 1), 1)
                .write(folder.resolve("style.safetensors")));
    }

    @Test
    void aSetIsMadeOnceHoweverOftenItIsUsed() {
        try (StyleCache cache = cache(0)) {
            try (StyleCache.Lease first = cache.lease(set(1));
                    StyleCache.Lease second = cache.lease(set(1))) {
                assertThat(second.networks()).isSameAs(first.networks());
            }
            cache.lease(set(1)).close();
            assertThat(made).hasValue(1);
            assertThat(open).hasValue(1);
        }
        assertThat(open).hasValue(0);
    }

    @Test
    void equalFilesAreOneStyle() {
        StyleModel copy = StyleModel.load(style.file());
        try (StyleCache cache = cache(0)) {
            cache.lease(set(1)).close();
            cache.lease(new StyleSet(List.of(AppliedStyle.of(copy, 1)), List.of(), false))
                    .close();
            assertThat(made).hasValue(1);
            cache.lease(set(2)).close();
            cache.lease(new StyleSet(List.of(new AppliedStyle(style, 1, 2)), List.of(), false))
                    .close();
            assertThat(made).hasValue(3);
        }
    }

    @Test
    void wordsAndTheirFilesBothCount() {
        Path file = new SafetensorsBytes().floats("<a>", List.of(1), 1).write(folder.resolve("a.safetensors"));
        try (StyleCache cache = cache(0)) {
            for (TextualInversion word : List.of(
                    TextualInversion.load(file), TextualInversion.load(file, "<b>"), TextualInversion.load(file))) {
                cache.lease(new StyleSet(List.of(), List.of(word), false)).close();
            }
            assertThat(made).hasValue(2);
        }
    }

    @Test
    void theSetThatWasUsedLongestAgoGoesFirst() {
        try (StyleCache cache = cache(0)) {
            for (int i = 1; i <= StyleCache.MAX_IDLE; i++) {
                cache.lease(set(i)).close();
            }
            cache.lease(set(1)).close();
            cache.lease(set(50)).close();
            assertThat(open).hasValue(StyleCache.MAX_IDLE);
            made.set(0);
            cache.lease(set(1)).close();
            assertThat(made).hasValue(0);
            cache.lease(set(2)).close();
            assertThat(made).hasValue(1);
        }
        assertThat(open).hasValue(0);
    }

    @Test
    void largeSetsAreNotKeptBesideEachOther() {
        try (StyleCache cache = cache(StyleCache.MAX_IDLE_BYTES / 2 + 1)) {
            cache.lease(set(1)).close();
            assertThat(open).hasValue(1);
            cache.lease(set(2)).close();
            assertThat(open).hasValue(1);
        }
    }

    @Test
    void setsInUseStayHoweverManyThereAre() {
        List<StyleCache.Lease> leases = new ArrayList<>();
        try (StyleCache cache = cache(StyleCache.MAX_IDLE_BYTES)) {
            for (int i = 1; i <= 10; i++) {
                leases.add(cache.lease(set(i)));
            }
            assertThat(open).hasValue(10);
            leases.forEach(StyleCache.Lease::close);
            leases.forEach(StyleCache.Lease::close);
            assertThat(open).hasValue(1);
        }
    }

    @Test
    void whatIsInUseWhileTheCacheClosesIsClosedAfterwards() {
        StyleCache cache = cache(0);
        StyleCache.Lease lease = cache.lease(set(1));
        cache.close();
        assertThat(open).hasValue(1);
        assertThatThrownBy(() -> cache.lease(set(1))).isInstanceOf(IllegalStateException.class);
        lease.close();
        assertThat(open).hasValue(0);
    }

    @Test
    void aFailureIsToldToEveryoneAndNotKept() {
        AtomicInteger failures = new AtomicInteger(1);
        Function<StyleSet, StyledNetworks> failing = set -> {
            if (failures.getAndDecrement() > 0) {
                throw new UnsupportedException(ErrorCode.UNSUPPORTED, "not for this model");
            }
            return networks(0);
        };
        try (StyleCache cache = new StyleCache(failing)) {
            assertThatThrownBy(() -> cache.lease(set(1)))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessage("not for this model");
            cache.lease(set(1)).close();
            assertThat(open).hasValue(1);
        }
        assertThat(open).hasValue(0);
    }

    @Test
    void anInterruptedCallerDisappointsNobodyElse() throws Exception {
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Function<StyleSet, StyledNetworks> slow = set -> {
            making.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return networks(0);
        };
        try (StyleCache cache = new StyleCache(slow);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Thread[] impatient = new Thread[1];
            Future<Class<?>> interrupted = threads.submit(() -> {
                impatient[0] = Thread.currentThread();
                try {
                    cache.lease(set(1)).close();
                    return null;
                } catch (StoppedException e) {
                    return e.getClass();
                }
            });
            making.await();
            Future<StyledNetworks> patient = threads.submit(() -> {
                try (StyleCache.Lease lease = cache.lease(set(1))) {
                    return lease.networks();
                }
            });
            impatient[0].interrupt();
            assertThat(interrupted.get()).isEqualTo(StoppedException.class);
            goOn.countDown();
            assertThat(patient.get()).isNotNull();
            assertThat(made).hasValue(1);
        }
        assertThat(open).hasValue(0);
    }

    private StyleCache cache(long bytes) {
        return new StyleCache(set -> networks(bytes));
    }

    private StyledNetworks networks(long bytes) {
        made.incrementAndGet();
        open.incrementAndGet();
        return new StyledNetworks(null, List.of(new OpenNetwork()), Optional.empty(), bytes);
    }

    private StyleSet set(double weight) {
        return new StyleSet(List.of(AppliedStyle.of(style, weight)), List.of(), false);
    }

    /** A network that is nothing but open, until it is closed. */
    private final class OpenNetwork implements Network {
        @Override
        public Map<String, TensorInfo> inputs() {
            return Map.of();
        }

        @Override
        public Map<String, TensorInfo> outputs() {
            return Map.of();
        }

        @Override
        public Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> wanted, Cancellation cancellation) {
            return Map.of();
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }
}
