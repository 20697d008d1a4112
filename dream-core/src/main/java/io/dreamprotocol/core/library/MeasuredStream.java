package io.dreamprotocol.core.library;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** A file's bytes, whose end is given out only if they were what was measured before. For one thread. */
final class MeasuredStream extends FilterInputStream {
    private final ModelFile file;
    private final MessageDigest digest = Bytes.newSha256();
    private long size;
    private boolean ended;

    MeasuredStream(InputStream in, ModelFile file) {
        super(in);
        this.file = file;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = super.read(target, offset, length);
        if (read > 0) {
            digest.update(target, offset, read);
            size += read;
        }
        if (size > file.size() || (read < 0 && !ended && !isAsMeasured())) {
            throw new CorruptDataException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "File " + file.path() + " changed while it was being stored; try again when nobody writes it");
        }
        return read;
    }

    private boolean isAsMeasured() {
        ended = true;
        return size == file.size() && Bytes.of(digest.digest()).equals(file.sha256());
    }

    @Override
    public long skip(long count) {
        return 0;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
