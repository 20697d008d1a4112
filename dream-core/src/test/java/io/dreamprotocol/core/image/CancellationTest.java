package io.dreamprotocol.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTest {
    private final Cancellation cancellation = new Cancellation();
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void actionsRunOnceWhenCancelled() {
        cancellation.onStop(calls::incrementAndGet);
        assertThatCode(cancellation::throwIfStopped).doesNotThrowAnyException();

        cancellation.cancel();
        cancellation.cancel();

        assertThat(calls).hasValue(1);
        assertThatThrownBy(cancellation::throwIfStopped)
                .isInstanceOfSatisfying(
                        StoppedException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    }

    @Test
    void anActionThatComesLateRunsAtOnce() {
        cancellation.cancel();
        cancellation.onStop(calls::incrementAndGet);
        assertThat(calls).hasValue(1);
    }

    @Test
    void aRemovedActionDoesNotRun() {
        cancellation.onStop(calls::incrementAndGet).close();
        cancellation.cancel();
        assertThat(calls).hasValue(0);
    }

    @Test
    void aDeadlineStopsWithItsOwnReason() throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        cancellation.onStop(stopped::countDown);
        cancellation.stopAfter(Duration.ofMillis(1));
        stopped.await();
        assertThatThrownBy(cancellation::throwIfStopped)
                .isInstanceOfSatisfying(
                        StoppedException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
    }
}
