package io.dreamprotocol.inference.hub;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import okhttp3.HttpUrl;

/**
 * What a client was built with.
 *
 * @param hub the hub's address
 * @param token the secret to show to it
 * @param cache the folder for all hubs
 * @param connectTimeout how long a connection may take to come about
 * @param readTimeout how long the other side may say nothing
 * @param surroundings the machine
 */
record HubSettings(
        HttpUrl hub,
        Optional<HubToken> token,
        Path cache,
        Duration connectTimeout,
        Duration readTimeout,
        Surroundings surroundings) {
    /** How long a connection may stay below {@link SlowLine#LEAST_BYTES}. */
    Duration stallTimeout() {
        return readTimeout.multipliedBy(2);
    }

    /** How long one answer of the hub's API may take, its content included. */
    Duration answerTimeout() {
        return readTimeout.multipliedBy(4);
    }

    /** The hub in messages. */
    String hubName() {
        return nameOf(hub);
    }

    /** A host in messages: never the path or the query, which may hold a signature. */
    static String nameOf(HttpUrl url) {
        return url.port() == HttpUrl.defaultPort(url.scheme()) ? url.host() : url.host() + ":" + url.port();
    }

    boolean isHub(HttpUrl url) {
        return url.scheme().equals(hub.scheme()) && url.host().equals(hub.host()) && url.port() == hub.port();
    }
}
