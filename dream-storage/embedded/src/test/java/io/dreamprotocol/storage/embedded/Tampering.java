package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;

/** What disks and people do to the blocks of a store, whether they are files or lie in packs. */
final class Tampering {
    private final Path folder;
    private final Layout layout;
    private final Packs packs;

    Tampering(Path folder) {
        this.folder = folder;
        this.layout = new Layout(folder);
        this.packs = new Packs(folder);
    }

    /** Changes a bit in the middle of a block. */
    void damage(Cid cid) throws IOException {
        Path file = layout.fileOf(cid);
        long at = 0;
        long length;
        Optional<Pack> pack = packs.find(cid);
        if (Files.exists(file)) {
            length = Files.size(file);
        } else {
            PackIndex.Place place = pack.orElseThrow().index().find(cid).orElseThrow();
            file = Pack.data(pack.get().folder());
            at = place.offset();
            length = place.length();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at + length / 2);
            one.put(0, (byte) (one.get(0) ^ 4)).flip();
            channel.write(one, at + length / 2);
        }
    }

    void remove(Cid cid) throws IOException {
        Files.deleteIfExists(layout.fileOf(cid));
        Optional<Pack> pack = packs.find(cid);
        if (pack.isPresent()) {
            Path scratch = Files.createTempDirectory(folder, "scratch-" + System.nanoTime());
            try (PackSweep sweep = new PackSweep(packs, scratch.resolve("1"))) {
                sweep.take(pack.get(), List.of(cid), false);
            }
            Files.delete(scratch);
        }
    }

    /** Makes a block very old, and what else is in its pack. */
    void age(Cid cid) throws IOException {
        if (Files.exists(layout.fileOf(cid))) {
            Files.setLastModifiedTime(layout.fileOf(cid), FileTime.fromMillis(0));
        }
        Optional<Pack> pack = packs.find(cid);
        if (pack.isPresent()) {
            pack.get().setTime(FileTime.fromMillis(0));
        }
    }

    /** Makes all blocks very old. */
    void age() throws IOException {
        new BlockFiles(layout).forEach((cid, file) -> {
            try {
                Files.setLastModifiedTime(file, FileTime.fromMillis(0));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        for (Pack pack : packs.list()) {
            pack.setTime(FileTime.fromMillis(0));
        }
    }
}
