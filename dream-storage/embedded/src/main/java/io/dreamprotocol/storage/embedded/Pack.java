package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Optional;

/**
 * Many blocks in one file: a folder with the blocks one behind the other in {@code data}, and in {@code index} where each lies. It
 * never changes; a pack with fewer blocks is another one.
 *
 * @param folder the pack's folder
 * @param index where the blocks are
 */
record Pack(Path folder, PackIndex index) {
    String name() {
        return folder.getFileName().toString();
    }

    static Path data(Path folder) {
        return folder.resolve("data");
    }

    static Path index(Path folder) {
        return folder.resolve("index");
    }

    /** When a block of it was last stored. */
    FileTime time() throws IOException {
        return Files.getLastModifiedTime(index(folder), LinkOption.NOFOLLOW_LINKS);
    }

    void setTime(FileTime time) throws IOException {
        Files.setLastModifiedTime(index(folder), time);
    }

    long bytes() throws IOException {
        return Files.size(data(folder));
    }

    /** Reads what claims to be a block. */
    Optional<byte[]> read(Cid cid) throws IOException {
        Optional<PackIndex.Place> place = index.find(cid);
        if (place.isEmpty()) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(data(folder), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(read(channel, place.get()));
        }
    }

    static byte[] read(FileChannel channel, PackIndex.Place place) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(place.length());
        while (content.hasRemaining()) {
            if (channel.read(content, place.offset() + content.position()) < 0) {
                return Arrays.copyOf(content.array(), content.position());
            }
        }
        return content.array();
    }
}
