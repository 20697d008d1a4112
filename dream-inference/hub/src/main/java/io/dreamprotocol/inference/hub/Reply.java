package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.image.Cancellation;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import okhttp3.Headers;
import okhttp3.Response;

/** The answer to a request, after redirects. To be closed. */
final class Reply implements AutoCloseable {
    private final Response response;
    private final Cancellation.Registration stop;
    private final List<Headers> ofHub;

    /**
     * Takes an answer.
     *
     * @param response the last answer
     * @param stop ends the request's cancellation
     * @param ofHub the headers of the hub's own answers, redirects first
     */
    Reply(Response response, Cancellation.Registration stop, List<Headers> ofHub) {
        this.response = response;
        this.stop = stop;
        this.ofHub = ofHub;
    }

    int status() {
        return response.code();
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(response.header(name));
    }

    /** A header as the hub itself gave it, not where it sent us. */
    Optional<String> hubHeader(String name) {
        return ofHub.stream().flatMap(headers -> headers.values(name).stream()).findFirst();
    }

    /** How long the content says it is. */
    OptionalLong length() {
        long length = response.body().contentLength();
        return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    }

    InputStream content() {
        return response.body().byteStream();
    }

    @Override
    public void close() {
        stop.close();
        response.close();
    }
}
