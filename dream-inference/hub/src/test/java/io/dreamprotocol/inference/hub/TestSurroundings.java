package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.net.Reach;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A machine on which pauses take no time, and whose names, addresses and disk are as a test wants them. */
final class TestSurroundings implements Surroundings {
    final List<Duration> pauses = new CopyOnWriteArrayList<>();
    final Map<String, String> names = new ConcurrentHashMap<>();
    final Map<String, Reach> reaches = new ConcurrentHashMap<>();
    volatile long usableSpace = 1L << 40;
    volatile Runnable onPause = () -> {};

    @Override
    public List<InetAddress> lookup(String host) throws UnknownHostException {
        return List.of(InetAddress.getByName(names.getOrDefault(host, host)));
    }

    @Override
    public Reach reach(InetAddress address) {
        return reaches.getOrDefault(address.getHostAddress(), Reach.of(address));
    }

    @Override
    public long usableSpace(Path folder) {
        return usableSpace;
    }

    @Override
    public Instant now() {
        return Instant.parse("2026-01-01T00:00:00Z");
    }

    @Override
    public void pause(Duration time, Cancellation cancellation) {
        pauses.add(time);
        onPause.run();
    }
}
