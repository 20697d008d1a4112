package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.net.Reach;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * A client of a Hugging Face hub that fetches image models in the ONNX layout.
 *
 * <pre>{@code
 * try (HubClient hub = HubClient.builder().cache(folder).build()) {
 *     PulledModel model = hub.pull("ORG/NAME@REVISION", PullListener.NONE, new Cancellation());
 *     ModelFolder.open(model.folder());
 * }
 * }</pre>
 *
 * <p>Thread-safe. Any number of clients, in any number of processes, may share a cache.
 *
 * @see <a href="https://huggingface.co/docs/hub/api">The hub's API</a>
 */
public final class HubClient implements AutoCloseable {
    /** The public hub. */
    public static final URI PUBLIC_HUB = URI.create("https://huggingface.co");

    private final HubSettings settings;
    private final HubHttp http;

    private HubClient(HubSettings settings) {
        this.settings = settings;
        this.http = new HubHttp(settings);
    }

    /**
     * Begins to configure a client.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Fetches a model, as {@link #pull(HubReference, PullListener, Cancellation)} does.
     *
     * @param reference the model, as {@code ORG/NAME} or {@code ORG/NAME@REVISION}
     * @param listener is told how far the work is
     * @param cancellation stops the work
     * @return the model
     * @throws InvalidInputException with {@code invalid-request} if the text is no reference
     */
    public PulledModel pull(String reference, PullListener listener, Cancellation cancellation) {
        return pull(HubReference.parse(reference), listener, cancellation);
    }

    /**
     * Fetches a model, or what the cache lacks of it.
     *
     * <p>Only the files that a pipeline reads are fetched, and each is checked against the digest that the hub states; so is
     * what the cache has already, and what is damaged there is fetched again. A pull that was broken off, even by the end of
     * its process, goes on where it was. Where another process fetches the same file, this one waits for it. A commit that
     * was pulled before needs no hub.
     *
     * @param reference the model
     * @param listener is told how far the work is
     * @param cancellation stops the work; what was fetched is kept
     * @return the model
     * @throws NotFoundException with {@code unknown-model} if the hub has no such model or revision, or it is no image model;
     *     with {@code model-file-missing} if it lacks a file that a pipeline needs
     * @throws UnavailableException with {@code remote-refused} if the hub asks for a token or refuses the one it was given;
     *     with {@code remote-unavailable} if it cannot be reached, keeps breaking off, or asks to wait for long
     * @throws CorruptDataException with {@code remote-mismatch} if the hub sends something else than it stated or than is
     *     safe; with the codes of {@code ModelFolder.open} if the model itself is damaged
     * @throws UnsupportedException with {@code unsupported} if the model or a file of it is larger than the limits
     * @throws StorageException if the cache cannot be written, its disk has no room, or a process holds it for too long
     * @throws StoppedException if the work was cancelled, or its thread interrupted
     */
    public PulledModel pull(HubReference reference, PullListener listener, Cancellation cancellation) {
        Objects.requireNonNull(listener, "listener");
        return new Pull(settings, http, reference, listener, cancellation).run();
    }

    /** Closes the connections that wait for another use. Pulls that run go on. */
    @Override
    public void close() {
        http.close();
    }

    /** Collects what a client needs: at least the cache's folder. Not thread-safe. */
    public static final class Builder {
        private URI hub = PUBLIC_HUB;
        private Optional<HubToken> token = Optional.empty();
        private @Nullable Path cache;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration readTimeout = Duration.ofSeconds(30);
        private Surroundings surroundings = Surroundings.REAL;

        private Builder() {}

        /**
         * Sets the hub's address, instead of the public hub's.
         *
         * @param address an address with https, or http for a hub of one's own; it may have a path
         * @return this builder
         */
        public Builder hub(URI address) {
            hub = Objects.requireNonNull(address, "address");
            return this;
        }

        /**
         * Sets the token to show to the hub.
         *
         * @param secret the token
         * @return this builder
         */
        public Builder token(HubToken secret) {
            token = Optional.of(secret);
            return this;
        }

        /**
         * Sets the folder that keeps what was fetched. It is made if it is missing.
         *
         * @param folder the folder; processes may share it
         * @return this builder
         */
        public Builder cache(Path folder) {
            cache = Objects.requireNonNull(folder, "folder");
            return this;
        }

        /**
         * Sets how long a connection may take to come about, 10 seconds if not set.
         *
         * @param time more than zero
         * @return this builder
         */
        public Builder connectTimeout(Duration time) {
            connectTimeout = positive(time);
            return this;
        }

        /**
         * Sets how long the other side may be silent before a request is given up and made again, 30 seconds if not set. A
         * line that brings next to nothing is given up after twice this time, an answer about a model after four times.
         *
         * @param time more than zero
         * @return this builder
         */
        public Builder readTimeout(Duration time) {
            readTimeout = positive(time);
            return this;
        }

        Builder surroundings(Surroundings others) {
            surroundings = others;
            return this;
        }

        /**
         * Makes the client; nothing is asked of the hub yet.
         *
         * @return the client
         * @throws InvalidInputException with {@code invalid-configuration} if the hub's address is not one of the web, holds
         *     a password, or is one that would send the token unencrypted to another machine
         * @throws NullPointerException if no cache was set
         */
        public HubClient build() {
            HttpUrl url = HttpUrl.parse(hub.toString());
            if (url == null
                    || !url.username().isEmpty()
                    || !url.password().isEmpty()
                    || url.query() != null
                    || url.fragment() != null) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "The hub's address is no plain web address; expected one such as " + PUBLIC_HUB
                                + ", without user, password, ? and #");
            }
            if (token.isPresent() && !url.isHttps() && !isThisMachine(url.host())) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "The token would go unencrypted to " + url.host() + "; use the hub's https address");
            }
            return new HubClient(new HubSettings(
                    withoutEmptyEnd(url),
                    token,
                    Objects.requireNonNull(cache, "cache"),
                    connectTimeout,
                    readTimeout,
                    surroundings));
        }

        /** Makes {@code https://host/path/} and {@code https://host/path} the same hub. */
        private static HttpUrl withoutEmptyEnd(HttpUrl url) {
            int last = url.pathSize() - 1;
            return last > 0 && url.pathSegments().get(last).isEmpty()
                    ? url.newBuilder().removePathSegment(last).build()
                    : url;
        }

        private static boolean isThisMachine(String host) {
            if (host.equals("localhost")) {
                return true;
            }
            try {
                return (host.contains(":") || host.matches("[0-9.]+"))
                        && Reach.of(InetAddress.getByName(host)) == Reach.LOOPBACK;
            } catch (UnknownHostException e) {
                return false;
            }
        }

        private static Duration positive(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("A timeout must be more than zero: " + time);
            }
            return time;
        }
    }
}
