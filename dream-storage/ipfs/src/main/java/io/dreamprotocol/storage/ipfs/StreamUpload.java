package io.dreamprotocol.storage.ipfs;

import java.io.IOException;
import java.io.InputStream;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** Bytes on their way to a node, which can be read but once. */
final class StreamUpload extends RequestBody {
    private static final int BUFFER = 1 << 16;

    private final InputStream content;
    private @Nullable IOException failure;

    StreamUpload(InputStream content) {
        this.content = content;
    }

    @Override
    public @Nullable MediaType contentType() {
        return null;
    }

    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int read = fill(buffer);
        while (read >= 0) {
            sink.write(buffer, 0, read);
            read = fill(buffer);
        }
    }

    private int fill(byte[] buffer) throws IOException {
        try {
            return content.read(buffer, 0, buffer.length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Throws what the content threw, for that is why the call broke off. */
    void rethrowContentFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }
}
