package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.net.Reach;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a pull asks of the machine besides files and sockets. */
interface Surroundings {
    /** The real ones. */
    Surroundings REAL = new Surroundings() {};

    default List<InetAddress> lookup(String host) throws UnknownHostException {
        return List.of(InetAddress.getAllByName(host));
    }

    default Reach reach(InetAddress address) {
        return Reach.of(address);
    }

    default long usableSpace(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    default Instant now() {
        return Instant.now();
    }

    /** Waits; a cancellation ends the wait. */
    default void pause(Duration time, Cancellation cancellation) {
        CountDownLatch stopped = new CountDownLatch(1);
        Cancellation.Registration registration = cancellation.onStop(stopped::countDown);
        try {
            if (stopped.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                cancellation.throwIfStopped();
            }
        } catch (InterruptedException e) {
            throw HubErrors.interrupted(e);
        } finally {
            registration.close();
        }
    }
}
