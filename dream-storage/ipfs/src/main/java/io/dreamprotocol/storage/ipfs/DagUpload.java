package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.storage.BlockSink;
import io.dreamprotocol.core.storage.CarWriter;
import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * Blocks on their way to a node as a CAR, and behind it a second CAR that names the root alone. So the root need not be known before
 * the last block is, and the node keeps all blocks from its garbage collection until it has pinned it.
 */
final class DagUpload {
    private final Content content;
    private @Nullable Exception failure;
    private @Nullable Cid root;

    /** Makes the blocks. */
    @FunctionalInterface
    interface Content {
        /**
         * Gives the blocks.
         *
         * @param sink takes them
         * @return which of them is the root
         * @throws IOException if the content, or the sink, fails
         */
        Cid writeTo(BlockSink sink) throws IOException;
    }

    DagUpload(Content content) {
        this.content = content;
    }

    /** The two files to be sent, in their order. */
    List<RequestBody> parts() {
        return List.of(new Part(this::writeBlocks), new Part(this::writeRoot));
    }

    private void writeBlocks(OutputStream out) throws IOException {
        Connection connection = new Connection(out);
        try {
            root = content.writeTo(new CarWriter(connection, List.of()));
        } catch (IOException e) {
            if (!connection.failed) {
                failure = e;
            }
            throw e;
        } catch (RuntimeException e) {
            failure = e;
            throw new IOException("The content failed", e);
        }
    }

    private void writeRoot(OutputStream out) throws IOException {
        new CarWriter(out, List.of(root().orElseThrow()));
    }

    /** The root's CID, if all blocks were sent. */
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

    private interface Writing {
        void to(OutputStream out) throws IOException;
    }

    /** A file of unknown length, which can be made but once. */
    private static final class Part extends RequestBody {
        private final Writing writing;

        Part(Writing writing) {
            this.writing = writing;
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
            writing.to(sink.outputStream());
        }
    }

    /** Remembers a failure of the connection, to tell it from one of the content. */
    private static final class Connection extends OutputStream {
        private final OutputStream out;
        private boolean failed;

        Connection(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            failed = true;
            out.write(bytes, offset, length);
            failed = false;
        }
    }
}
