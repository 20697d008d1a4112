package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongConsumer;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way to a node, which is named by its CID here while it is sent: the node's word for it is not needed.
 *
 * <p>The last chunk is sent only when the content has come to its end. So content that fails is never sent whole, and a node
 * cannot take what it has got for the file.
 */
final class Upload extends RequestBody {
    private final InputStream content;
    private final LongConsumer sent;
    private @Nullable Exception failure;
    private @Nullable Cid root;
    private @Nullable ByteBuffer held;
    private long sentBytes;

    Upload(InputStream content, LongConsumer sent) {
        this.content = content;
        this.sent = sent;
    }

    @Override
    public @Nullable MediaType contentType() {
        return null;
    }

    /** The content can be read but once. */
    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        try {
            root = UnixFsFile.write(new Watched(), (cid, block) -> {
                if (cid.codec() == Cid.Codec.RAW) {
                    send(sink);
                    held = ByteBuffer.allocate(block.remaining())
                            .put(block.duplicate())
                            .flip();
                }
            });
            send(sink);
        } catch (RuntimeException e) {
            failure = e;
            throw new IOException("The content failed", e);
        }
    }

    private void send(BufferedSink sink) throws IOException {
        if (held != null) {
            int size = held.remaining();
            sink.write(held);
            held = null;
            sentBytes += size;
            sent.accept(sentBytes);
        }
    }

    /** The file's CID, if it was sent to its end. */
    Optional<Cid> root() {
        return Optional.ofNullable(root);
    }

    /** Throws what the content threw, for that is why the call broke off. */
    void rethrowContentFailure() throws IOException {
        switch (failure) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Exception e -> throw new IllegalStateException("The content failed", e);
        }
    }

    /** Remembers a failure of the content, to tell it from one of the connection. */
    private final class Watched extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return content.read(target, offset, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }
}
