package io.dreamprotocol.inference.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Pattern;

/** What has come of a blob so far, and the entity tag of where it came from. Used under the blob's lock. */
final class PartFile implements AutoCloseable {
    private static final int MAX_TAG = 256;

    /** A strong entity tag (RFC 9110, section 8.8.3): only such a one promises the same bytes. */
    private static final Pattern STRONG_TAG = Pattern.compile("\"[!#-~]{1,254}\"");

    private final Path path;
    private final Path tagPath;
    private final FileChannel channel;
    private long size;

    private PartFile(Path path, FileChannel channel, long size) {
        this.path = path;
        this.tagPath = path.resolveSibling(path.getFileName() + ".etag");
        this.channel = channel;
        this.size = size;
    }

    static PartFile open(Path path) {
        try {
            FileChannel channel = FileChannel.open(
                    path,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
            return new PartFile(path, channel, channel.size());
        } catch (IOException e) {
            throw HubErrors.writing(path, e);
        }
    }

    long size() {
        return size;
    }

    /** The tag of where the bytes came from, if it had one. */
    Optional<String> tag() {
        try {
            return Files.size(tagPath) > MAX_TAG
                    ? Optional.empty()
                    : Optional.of(Files.readString(tagPath, StandardCharsets.ISO_8859_1))
                            .filter(tag -> STRONG_TAG.matcher(tag).matches());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw HubErrors.reading(tagPath, e);
        }
    }

    /** Throws away what has come, and begins anew with bytes from elsewhere. */
    void restart(Optional<String> tag) {
        try {
            channel.truncate(0);
            size = 0;
            Optional<String> strong =
                    tag.filter(text -> STRONG_TAG.matcher(text).matches());
            if (strong.isPresent()) {
                Files.writeString(tagPath, strong.get(), StandardCharsets.ISO_8859_1);
            } else {
                Files.deleteIfExists(tagPath);
            }
        } catch (IOException e) {
            throw HubErrors.writing(path, e);
        }
    }

    /** Reads what has come into a check. */
    void read(ContentId.Check check, byte[] buffer) {
        try {
            long position = 0;
            while (position < size) {
                int read = channel.read(ByteBuffer.wrap(buffer), position);
                if (read < 0) {
                    throw new IOException("it is shorter than it was");
                }
                check.update(buffer, read);
                position += read;
            }
        } catch (IOException e) {
            throw HubErrors.reading(path, e);
        }
    }

    void append(byte[] bytes, int count) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
            while (buffer.hasRemaining()) {
                size += channel.write(buffer, size);
            }
        } catch (IOException e) {
            throw HubErrors.writing(path, e);
        }
    }

    /** Gives the whole file its final name, once it is on the disk. */
    void finish(Path blob) {
        try {
            channel.force(true);
            channel.close();
            Files.move(path, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Files.deleteIfExists(tagPath);
        } catch (IOException e) {
            throw HubErrors.writing(path, e);
        }
    }

    /** Deletes it. */
    void discard() {
        try {
            channel.close();
            Files.deleteIfExists(path);
            Files.deleteIfExists(tagPath);
        } catch (IOException e) {
            throw HubErrors.writing(path, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw HubErrors.writing(path, e);
        }
    }
}
