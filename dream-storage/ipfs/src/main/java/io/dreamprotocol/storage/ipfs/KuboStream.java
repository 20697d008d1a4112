package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A long answer of a node as a stream, at whose end the node's last word is heard. */
final class KuboStream extends InputStream {
    private final String server;
    private final String call;
    private final Cid cid;
    private final KuboReply reply;

    KuboStream(String server, String call, Cid cid, KuboReply reply) {
        this.server = server;
        this.call = call;
        this.cid = cid;
        this.reply = reply;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        try {
            return reply.read(target, offset, length);
        } catch (KuboRefusal e) {
            if (e.saysNotFound()) {
                throw new NotFoundException(ErrorCode.BLOB_NOT_FOUND, server + " does not find all of " + cid, e);
            }
            throw IpfsErrors.refused(server, call, e);
        } catch (IOException e) {
            throw IpfsErrors.broken(server, call, e);
        }
    }

    @Override
    public void close() {
        reply.close();
    }
}
