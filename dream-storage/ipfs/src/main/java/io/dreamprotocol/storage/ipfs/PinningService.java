package io.dreamprotocol.storage.ipfs;

import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * A remote service that keeps blobs pinned, by the IPFS Pinning Service API, version 1.
 *
 * <p>The service fetches the blobs from the network by itself, so a pin is asked for first and there some time later. The token is
 * sent to the service's own address alone, which must be https or on this machine, and is in no message.
 *
 * <p>All calls throw {@link UnavailableException} with {@link ErrorCode#REMOTE_UNAVAILABLE} if the service cannot be reached or fails, and
 * with {@link ErrorCode#REMOTE_REFUSED} if it refuses the token or the request; {@link CorruptDataException} with {@link
 * ErrorCode#REMOTE_MISMATCH} if it answers what the API does not have. Thread-safe.
 */
public final class PinningService implements AutoCloseable {
    private static final MediaType JSON_TYPE = MediaType.get("application/json");
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    private static final int MAX_ANSWER_BYTES = 4 << 20;
    private static final int MAX_NAME = 255;
    private static final int PAGE = 1_000;

    private final HttpUrl url;
    private final String server;
    private final String token;
    private final OkHttpClient client;

    /** How far a service is with a pin. */
    public enum Status {
        /** The service will fetch it. */
        QUEUED,
        /** The service is fetching it. */
        PINNING,
        /** The service has it. */
        PINNED,
        /** The service could not fetch it. */
        FAILED
    }

    /**
     * A pin.
     *
     * @param id the service's name for it
     * @param status how far the service is
     * @param cid what is pinned
     * @param name what the caller called it, maybe empty
     */
    public record Pin(String id, Status status, Cid cid, String name) {}

    /**
     * Creates a client; it connects when it is used.
     *
     * @param service the service's address, to which {@code /pins} is added
     * @param token the access token
     * @param timeout the longest that a call takes altogether
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION} if the address is not https and not on this machine, or the
     *     token could not be sent
     */
    public PinningService(URI service, String token, Duration timeout) {
        KuboSettings.requireWebAddress(service);
        url = HttpUrl.get(service.toString());
        server = "the pinning service " + url.host();
        if (!url.isHttps() && !LOCAL.contains(url.host())) {
            throw IpfsErrors.configuration("The token for " + server + " would be sent in the open; use https");
        }
        if (token.isEmpty() || !token.chars().allMatch(letter -> letter > ' ' && letter < 0x7F)) {
            throw IpfsErrors.configuration("The token for " + server + " is empty or has letters that no token has");
        }
        this.token = token;
        client = new OkHttpClient.Builder()
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .callTimeout(timeout)
                .build();
    }

    /**
     * Asks the service to pin a blob. Asking again for one that it has gives another pin, as the API has it; {@link #find} tells.
     *
     * @param cid what to pin
     * @param name what to call it, at most 255 letters
     * @return the pin, usually not pinned yet
     */
    public Pin pin(Cid cid, String name) {
        if (name.length() > MAX_NAME) {
            throw new IllegalArgumentException("A pin's name has at most " + MAX_NAME + " letters");
        }
        Map<String, String> wanted = new LinkedHashMap<>();
        wanted.put("cid", cid.toString());
        wanted.put("name", name);
        Pin pin = pin(ask("POST", pins().build(), json(wanted)));
        if (!pin.cid.equals(cid)) {
            throw mismatch("it pins " + pin.cid + " instead of " + cid);
        }
        return pin;
    }

    /**
     * Tells how far a pin is.
     *
     * @param id the pin's id
     * @return the pin
     * @throws NotFoundException with {@link ErrorCode#BLOB_NOT_FOUND} if the service has no such pin
     */
    public Pin status(String id) {
        return pin(ask("GET", pins().addPathSegment(id).build(), null));
    }

    /**
     * Finds the pins of a blob, whatever their status is.
     *
     * @param cid what is pinned
     * @return the pins, at most 1,000
     */
    public List<Pin> find(Cid cid) {
        // Lists have their commas as they are, by the style that the API's document gives them.
        HttpUrl query = pins().addQueryParameter("cid", cid.toString())
                .addEncodedQueryParameter("status", "queued,pinning,pinned,failed")
                .addQueryParameter("limit", Integer.toString(PAGE))
                .build();
        List<Json> results =
                ask("GET", query, null).objects("results").orElseThrow(() -> mismatch("it sends no list of pins"));
        List<Pin> found = new ArrayList<>();
        for (Json result : results) {
            Pin pin = pin(result);
            if (pin.cid.equals(cid)) {
                found.add(pin);
            }
        }
        return List.copyOf(found);
    }

    /**
     * Takes a pin back; if the service has no such pin, nothing changes.
     *
     * @param id the pin's id
     */
    public void unpin(String id) {
        try {
            ask("DELETE", pins().addPathSegment(id).build(), null);
        } catch (NotFoundException e) {
            // It is what was wanted.
        }
    }

    private HttpUrl.Builder pins() {
        return url.newBuilder().addPathSegment("pins");
    }

    private Pin pin(Json status) {
        Json pinned = status.object("pin").orElseThrow(() -> mismatch("it sends no pin"));
        String id = status.text("requestid")
                .filter(text -> !text.isEmpty() && text.length() <= MAX_NAME)
                .orElseThrow(() -> mismatch("it sends no id of a pin"));
        Status how = status.text("status")
                .flatMap(PinningService::statusOf)
                .orElseThrow(() -> mismatch("it sends no status of a pin"));
        try {
            Cid cid = Cid.parse(pinned.text("cid").orElse(""));
            return new Pin(id, how, cid, pinned.text("name").orElse(""));
        } catch (DreamException e) {
            throw mismatch("it sends no CID that can be used here");
        }
    }

    private static Optional<Status> statusOf(String text) {
        for (Status status : Status.values()) {
            if (status.name().toLowerCase(Locale.ROOT).equals(text)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }

    private Json ask(String method, HttpUrl target, @Nullable RequestBody body) {
        Request request = new Request.Builder()
                .url(target)
                .header("Authorization", "Bearer " + token)
                .header("User-Agent", "dream-protocol")
                .header("Accept-Encoding", "identity")
                .method(method, body)
                .build();
        try (Response response = Calls.execute(client.newCall(request))) {
            byte[] answer = response.body().byteStream().readNBytes(MAX_ANSWER_BYTES + 1);
            if (answer.length > MAX_ANSWER_BYTES) {
                throw mismatch("it sends more than " + MAX_ANSWER_BYTES + " bytes");
            }
            if (!response.isSuccessful()) {
                throw refused(response.code(), answer);
            }
            return method.equals("DELETE") ? Json.EMPTY : read(answer);
        } catch (IOException e) {
            throw IpfsErrors.broken(server, method + " /pins", e);
        }
    }

    private Json read(byte[] answer) {
        try {
            return Json.read(answer);
        } catch (IOException e) {
            throw mismatch("it sends no JSON object");
        }
    }

    private DreamException refused(int status, byte[] answer) {
        String reason = reason(answer).replace(token, "...");
        if (status == 404) {
            return new NotFoundException(ErrorCode.BLOB_NOT_FOUND, server + " has no such pin");
        }
        if (status >= 300 && status < 400) {
            return mismatch("it redirects; give the address that it has now");
        }
        if (status >= 400 && status < 500 && status != 408 && status != 429) {
            return new UnavailableException(
                    ErrorCode.REMOTE_REFUSED, server + " refuses (status " + status + "): " + reason);
        }
        return new UnavailableException(
                ErrorCode.REMOTE_UNAVAILABLE,
                server + " fails (status " + status + "): " + reason + "; try again later");
    }

    private static String reason(byte[] answer) {
        try {
            Optional<Json> error = Json.read(answer).object("error");
            return IpfsErrors.words(error.flatMap(text -> text.text("details"))
                    .or(() -> error.flatMap(text -> text.text("reason")))
                    .orElse("no reason given"));
        } catch (IOException e) {
            return "no reason given";
        }
    }

    private CorruptDataException mismatch(String what) {
        return IpfsErrors.mismatch(server, "/pins", what);
    }

    private static RequestBody json(Map<String, String> members) {
        try {
            return RequestBody.create(JSON.std.asBytes(members), JSON_TYPE);
        } catch (IOException e) {
            throw new UncheckedIOException("Writing JSON to an array cannot fail", e);
        }
    }

    /** Frees the connections; calling it twice does nothing more. */
    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}
