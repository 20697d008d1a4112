package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.storage.Cid;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import okhttp3.Response;

/**
 * The answer of a node to one call that it has accepted, as bytes or as lines of JSON. For one thread.
 *
 * <p>A node that fails when it has begun to answer says so behind the last byte, in a trailer; no answer counts as complete
 * before that has been looked at.
 */
final class KuboReply implements AutoCloseable {
    private static final int MAX_LINE = 1 << 16;
    private static final String STREAM_ERROR = "X-Stream-Error";

    private final String server;
    private final String call;
    private final Response response;
    private final InputStream body;
    private boolean ended;

    KuboReply(String server, String call, Response response) {
        this.server = server;
        this.call = call;
        this.response = response;
        this.body = new BufferedInputStream(response.body().byteStream());
    }

    int read(byte[] target, int offset, int length) throws IOException, KuboRefusal {
        int read = ended ? -1 : body.read(target, offset, length);
        if (read < 0 && length > 0) {
            checkTrailer();
        }
        return read;
    }

    private void checkTrailer() throws IOException, KuboRefusal {
        if (!ended) {
            ended = true;
            String error = response.trailers().get(STREAM_ERROR);
            if (error != null && !error.isEmpty()) {
                throw new KuboRefusal(error);
            }
        }
    }

    /** Reads all bytes. */
    byte[] bytes(int limit) throws IOException, KuboRefusal {
        byte[] bytes = body.readNBytes(limit);
        if (bytes.length == limit && body.read() >= 0) {
            throw mismatch("it sends more than the " + limit + " bytes that fit here");
        }
        checkTrailer();
        return bytes;
    }

    /** Reads one object and the end behind it. */
    Json object() throws IOException, KuboRefusal {
        Json object = next().orElseThrow(() -> mismatch("it sends nothing"));
        if (next().isPresent()) {
            throw mismatch("it sends more than was asked for");
        }
        return object;
    }

    /** Reads the next of the objects, each on a line of its own; empty at the end. */
    Optional<Json> next() throws IOException, KuboRefusal {
        byte[] line = line();
        if (line.length == 0) {
            checkTrailer();
            return Optional.empty();
        }
        Json object;
        try {
            object = Json.read(line);
        } catch (IOException e) {
            throw mismatch("it sends no JSON object");
        }
        if (object.text("Type").filter("error"::equals).isPresent()) {
            throw new KuboRefusal(object.text("Message").orElse("no reason given"));
        }
        return Optional.of(object);
    }

    /** Returns the next line that is not empty; no bytes at the end. */
    private byte[] line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = body.read();
        while (next >= 0 && (next != '\n' || line.size() == 0)) {
            if (next != '\n') {
                line.write(next);
            }
            if (line.size() > MAX_LINE) {
                throw mismatch("it sends a line of more than " + MAX_LINE + " bytes");
            }
            next = body.read();
        }
        return line.toByteArray();
    }

    Cid cid(Optional<String> text) {
        try {
            return Cid.parse(text.orElseThrow(() -> mismatch("it sends no CID")));
        } catch (DreamException e) {
            throw mismatch("it sends no CID that can be used here");
        }
    }

    DreamException mismatch(String what) {
        return IpfsErrors.mismatch(server, call, what);
    }

    @Override
    public void close() {
        response.close();
    }
}
