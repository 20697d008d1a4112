package io.dreamprotocol.inference.diffusion.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A run of a file's bytes as a stream. It ends early if the file does. Closing it leaves the file open. */
final class ChannelInput extends InputStream {
    private final FileChannel channel;
    private long position;
    private long remaining;

    ChannelInput(FileChannel channel, long position, long count) {
        this.channel = channel;
        this.position = position;
        this.remaining = count;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int at, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (remaining == 0) {
            return -1;
        }
        int done = channel.read(ByteBuffer.wrap(target, at, (int) Math.min(count, remaining)), position);
        if (done > 0) {
            position += done;
            remaining -= done;
        }
        return done;
    }
}
