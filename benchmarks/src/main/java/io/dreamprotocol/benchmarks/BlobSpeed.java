package io.dreamprotocol.benchmarks;

import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.storage.embedded.FileBlobStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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

/** Storing and reading blobs beside the JDK's SHA-256 over the same bytes, without which none of it could be done. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class BlobSpeed {
    /** The blob's size in bytes: an image, and a part of a model. */
    @Param({"15000", "67108864"})
    private int bytes;

    private Path folder = Path.of("");
    private byte[] content = new byte[0];
    private byte[] stored = new byte[0];

    @SuppressWarnings("NullAway.Init")
    private FileBlobStore store;

    private Cid cid = Cid.of(Cid.Codec.RAW, content);
    private MessageDigest sha256 = newSha256();
    private long changes;

    /**
     * Makes the content, and stores some to read.
     *
     * @throws IOException if the temporary folder cannot be written
     */
    @Setup
    public void store() throws IOException {
        folder = Files.createTempDirectory("blob-speed");
        store = FileBlobStore.open(folder);
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

    /** Deletes what was stored. */
    @TearDown(Level.Iteration)
    public void collect() {
        store.collectGarbage(Duration.ofSeconds(-1));
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

    /**
     * The JDK's SHA-256 alone.
     *
     * @return the digest
     */
    @Benchmark
    public byte[] bareSha256() {
        return sha256.digest(content);
    }

    /**
     * The CID, without storing anything.
     *
     * @return the CID
     */
    @Benchmark
    public Cid cid() {
        return UnixFsFile.cidOf(content);
    }

    /**
     * Stores a new blob until it is on the disk.
     *
     * @return its CID
     * @throws IOException never
     */
    @Benchmark
    public Cid put() throws IOException {
        // Every chunk is another one each time, and still the same number of bytes.
        for (int chunk = 0; chunk + Long.BYTES <= bytes; chunk += UnixFsFile.CHUNK_BYTES) {
            ByteBuffer.wrap(content).putLong(chunk, ++changes);
        }
        return store.put(new ByteArrayInputStream(content));
    }

    /**
     * Stores a blob that is there already.
     *
     * @return its CID
     * @throws IOException never
     */
    @Benchmark
    public Cid putAgain() throws IOException {
        return store.put(new ByteArrayInputStream(stored));
    }

    /**
     * Reads a blob, whose every block is checked.
     *
     * @return its size
     * @throws IOException never
     */
    @Benchmark
    public long read() throws IOException {
        try (InputStream in = store.open(cid)) {
            return in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
