package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A process that stores blobs and prints the seed and CID of each when the store has acknowledged it. Arguments: the folder, the
 * first seed, how many blobs, how many stores to open one after the other.
 */
final class BlobPutter {
    private BlobPutter() {}

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        long seed = Long.parseLong(arguments[1]);
        int blobs = Integer.parseInt(arguments[2]);
        int stores = Integer.parseInt(arguments[3]);
        for (int i = 0; i < stores; i++) {
            try (BlobStore store = FileBlobStore.open(folder, Long.MAX_VALUE, StoreWorkload.SIZES)) {
                for (int j = 0; j < blobs; j++, seed++) {
                    Cid cid = store.put(content(seed));
                    System.out.println(seed + " " + cid);
                    System.out.flush();
                }
            }
        }
    }

    /** Mostly like an image, sometimes of several blocks. */
    static byte[] content(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] content = new byte[random.nextInt(random.nextInt(4) == 0 ? 2_000_000 : 20_000)];
        random.nextBytes(content);
        return content;
    }
}
