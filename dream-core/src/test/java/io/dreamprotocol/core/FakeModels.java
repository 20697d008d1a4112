package io.dreamprotocol.core;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.storage.BlobSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Models without networks, whose addresses are a name and a size: {@code a:100}. They find out whether they are opened twice at a
 * time, used after closing, or closed while used.
 */
final class FakeModels {
    /** How often each address was opened. */
    final Map<String, AtomicInteger> opened = new ConcurrentHashMap<>();

    /** What was done wrong. */
    final List<String> mistakes = new ArrayList<>();

    /** Runs on the thread that opens, before a model is there. */
    volatile Consumer<String> whileOpening = address -> {};

    /** Runs on the thread that generates. */
    volatile Consumer<String> whileGenerating = address -> {};

    /** Runs on the thread that closes. */
    volatile Consumer<String> whileClosing = address -> {};

    private final Map<String, AtomicInteger> alive = new ConcurrentHashMap<>();

    ImageModel open(String address) {
        opened.computeIfAbsent(address, each -> new AtomicInteger()).incrementAndGet();
        if (alive(address).incrementAndGet() > 1) {
            mistake(address + " was opened twice at a time");
        }
        try {
            whileOpening.accept(address);
        } catch (RuntimeException | Error e) {
            alive(address).decrementAndGet();
            throw e;
        }
        return new Fake(address);
    }

    /** The bytes of the models that are open. */
    long aliveBytes() {
        long sum = 0;
        for (Map.Entry<String, AtomicInteger> each : alive.entrySet()) {
            sum += each.getValue().get() * size(each.getKey());
        }
        return sum;
    }

    int timesOpened(String address) {
        return opened.getOrDefault(address, new AtomicInteger()).get();
    }

    static CanonicalRequest request(ImageModel model) {
        return GenerationRequest.of("a fox").complete(model.descriptor(), 1);
    }

    private static long size(String address) {
        return Long.parseLong(address.substring(address.indexOf(':') + 1));
    }

    private AtomicInteger alive(String address) {
        return alive.computeIfAbsent(address, each -> new AtomicInteger());
    }

    private synchronized void mistake(String text) {
        mistakes.add(text);
    }

    private final class Fake implements ImageModel {
        private final String address;
        private final AtomicInteger users = new AtomicInteger();
        private volatile boolean closed;

        Fake(String address) {
            this.address = address;
        }

        @Override
        public ModelDescriptor descriptor() {
            List<ModelFile> files = List.of(
                    new ModelFile("model.bin", size(address), Bytes.sha256(address.getBytes(StandardCharsets.UTF_8))));
            return new ModelDescriptor(
                    new ModelId(address.substring(0, address.indexOf(':')), ModelFile.digestOf(files)),
                    "fake",
                    files,
                    new ModelDefaults(8, 8, 1, 1, "Euler"),
                    new ModelLimits(8, 8, 64, 4096),
                    List.of("Euler"));
        }

        @Override
        public void check(CanonicalRequest request) {
            if (closed) {
                mistake(address + " was asked after it was closed");
            }
        }

        @Override
        public ModelOutput generate(
                CanonicalRequest request, BlobSource inputs, ProgressListener listener, Cancellation cancellation) {
            users.incrementAndGet();
            if (closed) {
                mistake(address + " was used after it was closed");
            }
            try {
                whileGenerating.accept(address);
                cancellation.throwIfStopped();
            } finally {
                users.decrementAndGet();
            }
            return new ModelOutput(
                    RgbImage.of(1, 1, new byte[3]), new EngineInfo("fake", "1", "none", address), List.of());
        }

        @Override
        public void close() {
            if (users.get() > 0) {
                mistake(address + " was closed while it was used");
            }
            if (closed) {
                mistake(address + " was closed twice");
            }
            closed = true;
            alive(address).decrementAndGet();
            whileClosing.accept(address);
        }
    }
}
