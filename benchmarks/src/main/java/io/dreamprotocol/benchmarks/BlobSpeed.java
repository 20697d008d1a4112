package io.dreamprotocol.benchmarks;

import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.storage.embedded.FileBlobStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Storing and reading blobs beside the JDK's SHA-256 over the same bytes, without which none of it could be done. Both are measured in
 * turn, so that what else the machine does slows down both.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 15)
@Measurement(iterations = 25)
public class BlobSpeed {
    /** The blob's size in bytes: a large image, a part of a model, and a model. */
    @Param({"4194304", "67108864", "268435456"})
    private int bytes;

    private Path folder = Path.of("");
    private byte[] content = new byte[0];
    private byte[] stored = new byte[0];

    @SuppressWarnings("NullAway.Init")
    private FileBlobStore store;

    private Cid cid = Cid.of(Cid.Codec.RAW, content);
    private MessageDigest sha256 = newSha256();
    private long changes;
    private boolean bareFirst;

    /** The two times of an iteration, in nanoseconds. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Times {
        /** What the store took. */
        public long storeNanos;

        /** What SHA-256 alone took. */
        public long bareNanos;

        /** Forgets the last iteration. */
        @Setup(Level.Iteration)
        public void clear() {
            storeNanos = 0;
            bareNanos = 0;
        }
    }

    /**
     * Makes the content, and stores some to read.
     *
     * @throws IOException if the temporary folder cannot be written
     */
    @Setup
    public void store() throws IOException {
        folder = Files.createTempDirectory("blob-speed");
        store = FileBlobStore.open(folder.resolve("blobs"));
        sha256 = newSha256();
        content = new byte[bytes];
        new Random(1).nextBytes(content);
        stored = content.clone();
        cid = store.put(stored);
        store.pin(cid);
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /**
     * Deletes what was stored.
     *
     * @throws IOException if that fails
     */
    @TearDown(Level.Iteration)
    public void collect() throws IOException {
        store.collectGarbage(Duration.ofSeconds(-1));
        Files.deleteIfExists(folder.resolve("bare"));
    }

    /**
     * Deletes the folder.
     *
     * @throws IOException if that fails
     */
    @TearDown
    public void delete() throws IOException {
        store.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private Object pair(Times times, Callable<Object> work) throws Exception {
        bareFirst = !bareFirst;
        if (bareFirst) {
            times.bareNanos += bare();
        }
        long start = System.nanoTime();
        Object result = work.call();
        times.storeNanos += System.nanoTime() - start;
        if (!bareFirst) {
            times.bareNanos += bare();
        }
        return result;
    }

    private long bare() {
        long start = System.nanoTime();
        sha256.update(content);
        if (sha256.digest().length == 0) {
            throw new IllegalStateException("Never");
        }
        return System.nanoTime() - start;
    }

    private void change() {
        // Every chunk is another one each time, and still the same number of bytes.
        for (int chunk = 0; chunk + Long.BYTES <= bytes; chunk += UnixFsFile.CHUNK_BYTES) {
            ByteBuffer.wrap(content).putLong(chunk, ++changes);
        }
    }

    /**
     * The CID, without storing anything.
     *
     * @param times takes both times
     * @return the CID
     * @throws Exception never
     */
    @Benchmark
    public Object cid(Times times) throws Exception {
        return pair(times, () -> UnixFsFile.cidOf(content));
    }

    /**
     * Stores a new blob until it is on the disk.
     *
     * @param times takes both times
     * @return its CID
     * @throws Exception never
     */
    @Benchmark
    public Object put(Times times) throws Exception {
        change();
        return pair(times, () -> store.put(new ByteArrayInputStream(content)));
    }

    /**
     * Stores a blob that is there already.
     *
     * @param times takes both times
     * @return its CID
     * @throws Exception never
     */
    @Benchmark
    public Object putAgain(Times times) throws Exception {
        return pair(times, () -> store.put(new ByteArrayInputStream(stored)));
    }

    /**
     * Reads a blob, whose every block is checked.
     *
     * @param times takes both times
     * @return its size
     * @throws Exception never
     */
    @Benchmark
    public Object read(Times times) throws Exception {
        return pair(times, () -> {
            try (InputStream in = store.open(cid)) {
                return in.transferTo(OutputStream.nullOutputStream());
            }
        });
    }

    /**
     * What the disk takes for the same bytes in one file, until they are on it.
     *
     * @param times takes both times
     * @return the file's size
     * @throws Exception never
     */
    @Benchmark
    public Object bareDisk(Times times) throws Exception {
        return pair(times, () -> {
            try (FileChannel file =
                    FileChannel.open(folder.resolve("bare"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    file.write(rest.slice(rest.position(), Math.min(rest.remaining(), UnixFsFile.CHUNK_BYTES)));
                    rest.position(Math.min(rest.limit(), rest.position() + UnixFsFile.CHUNK_BYTES));
                }
                file.force(false);
                return file.size();
            }
        });
    }
}
