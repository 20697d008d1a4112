package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.CarWriter;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.Dag;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongFunction;

/**
 * A process that works on a store until it is killed, and prints a word, a seed and a CID: {@code pinned} when a pin is acknowledged,
 * {@code unpin} before a pin is taken back, {@code done} when something else was done. Arguments: what to do, the store's folder, the
 * first seed, a folder for its own files.
 */
final class StoreWorkload {
    /** So small that files and packs, and blobs of several packs, all come about. */
    static final BlobWrite.PackSizes SIZES = new BlobWrite.PackSizes(4, 1 << 20, 1 << 20);

    static final long QUOTA = 6_000_000;
    static final Duration NO_GRACE = Duration.ofSeconds(-1);
    private static final int MOST_PINS = 4;
    private static final Cid NOTHING = UnixFsFile.cidOf(new byte[0]);

    private final FileBlobStore store;
    private final Path scratch;
    private final Deque<Cid> pinned = new ArrayDeque<>();
    private long seed;

    private StoreWorkload(FileBlobStore store, long seed, Path scratch) {
        this.store = store;
        this.seed = seed;
        this.scratch = scratch;
    }

    /** What a process does. */
    enum Kind {
        PIN,
        QUOTA,
        CAR,
        FOLDER,
        COLLECT,
        REPAIR
    }

    public static void main(String[] arguments) throws IOException {
        Kind kind = Kind.valueOf(arguments[0]);
        Path folder = Path.of(arguments[1]);
        long quota = kind == Kind.QUOTA ? QUOTA : Long.MAX_VALUE;
        try (FileBlobStore store = FileBlobStore.open(folder, quota, SIZES)) {
            new StoreWorkload(store, Long.parseLong(arguments[2]), Path.of(arguments[3])).run(kind);
        }
    }

    private static void say(String word, long seed, Cid cid) {
        System.out.println(word + " " + seed + " " + cid);
        System.out.flush();
    }

    private void run(Kind kind) throws IOException {
        while (true) {
            switch (kind) {
                case PIN -> pin(number -> BlobPinner.putAndPin(store, BlobPutter.content(number)));
                case QUOTA -> pin(number -> putWithinQuota(BlobPutter.content(number)));
                case CAR -> pin(number -> importCar(BlobPutter.content(number)));
                case FOLDER -> pin(this::putFolder);
                case COLLECT -> {
                    store.collectGarbage(NO_GRACE);
                    say("done", seed, NOTHING);
                }
                case REPAIR -> {
                    try (FileBlobStore healthy = FileBlobStore.open(scratch)) {
                        store.repair(healthy);
                    }
                    say("done", seed, NOTHING);
                }
            }
            seed++;
        }
    }

    private void pin(LongFunction<Cid> put) {
        Cid cid = put.apply(seed);
        say("pinned", seed, cid);
        pinned.add(cid);
        if (pinned.size() > MOST_PINS) {
            unpinOldest();
        }
    }

    private void unpinOldest() {
        Cid oldest = pinned.remove();
        say("unpin", 0, oldest);
        store.unpin(oldest);
    }

    private Cid putWithinQuota(byte[] content) {
        while (true) {
            try {
                return BlobPinner.putAndPin(store, content);
            } catch (DreamException e) {
                if (e.code() != ErrorCode.STORE_FULL) {
                    throw e;
                }
                if (store.collectGarbage(NO_GRACE).bytes() == 0 && !pinned.isEmpty()) {
                    unpinOldest();
                }
            }
        }
    }

    private Cid importCar(byte[] content) {
        while (true) {
            try {
                return store.importCar(new ByteArrayInputStream(car(content)));
            } catch (DreamException e) {
                // Collected between the import and the pin, which only a collection without grace does.
                if (e.code() != ErrorCode.BLOB_NOT_FOUND) {
                    throw e;
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static byte[] car(byte[] content) throws IOException {
        Map<Cid, byte[]> blocks = new HashMap<>();
        Cid root = UnixFsFile.write(new ByteArrayInputStream(content), (cid, block) -> {
            byte[] bytes = new byte[block.remaining()];
            block.get(bytes);
            blocks.put(cid, bytes);
        });
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        if (blocks.size() % 2 == 0) {
            Dag.writeCar(root, cid -> Optional.ofNullable(blocks.get(cid)), car);
        } else {
            CarWriter writer = new CarWriter(car, List.of(root));
            for (Map.Entry<Cid, byte[]> block : blocks.entrySet()) {
                writer.accept(block.getKey(), ByteBuffer.wrap(block.getValue()));
            }
        }
        return car.toByteArray();
    }

    private Cid putFolder(long number) {
        try {
            Path files = scratch.resolve("files-" + number);
            SplittableRandom random = new SplittableRandom(number);
            Files.createDirectories(files.resolve("sub"));
            for (int i = random.nextInt(30); i >= 0; i--) {
                Files.write(files.resolve((i % 3 == 0 ? "sub/" : "") + i), BlobPutter.content(number * 100 + i % 7));
            }
            while (true) {
                try {
                    Cid cid = store.putFolder(files, read -> {});
                    Folders.delete(files);
                    return cid;
                } catch (DreamException e) {
                    if (e.code() != ErrorCode.BLOB_NOT_FOUND) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
