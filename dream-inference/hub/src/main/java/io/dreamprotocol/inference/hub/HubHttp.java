package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Call;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Asks a hub for things, once each: follows its redirects as far as they are safe, and shows the token to the hub alone.
 *
 * <p>Thread-safe.
 */
final class HubHttp implements AutoCloseable {
    static final int MAX_REDIRECTS = 5;

    /** Asks for the bytes as they are: digests and ranges mean those. */
    private static final String PLAIN = "identity";

    /** What the hub says about its limits: the requests that remain, and the seconds until there are more. */
    private static final Pattern RATE_LIMIT = Pattern.compile("r\\s*=\\s*0\\s*;\\s*t\\s*=\\s*(\\d{1,9})");

    private final HubSettings settings;
    private final RedirectRule rule;
    private final OkHttpClient client;

    HubHttp(HubSettings settings) {
        this.settings = settings;
        this.rule = new RedirectRule(settings.hub(), settings.surroundings());
        this.client = new OkHttpClient.Builder()
                .followRedirects(false)
                .followSslRedirects(false)
                .connectTimeout(settings.connectTimeout())
                .readTimeout(settings.readTimeout())
                .writeTimeout(settings.readTimeout())
                .build();
    }

    /**
     * Asks once.
     *
     * @param target what for
     * @param headers more headers of the request
     * @param cancellation breaks the request off, as long as the answer is not closed
     * @return the answer: success, or that a range cannot be had (416)
     * @throws IOException if another attempt may succeed
     * @throws DreamException if it cannot
     */
    Reply get(Target target, Map<String, String> headers, Cancellation cancellation) throws IOException {
        List<Headers> ofHub = new ArrayList<>();
        HttpUrl url = target.url();
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            Call call = call(target, url, headers);
            Cancellation.Registration stop = cancellation.onStop(call::cancel);
            Response response;
            try {
                response = call.execute();
            } catch (ForbiddenAddressException e) {
                stop.close();
                throw forbidden(target, url);
            } catch (IOException | RuntimeException e) {
                stop.close();
                throw e;
            }
            if (settings.isHub(url)) {
                ofHub.add(response.headers());
            }
            Reply reply = new Reply(response, stop, List.copyOf(ofHub));
            if (!isRedirect(response.code())) {
                return checked(target, url, reply);
            }
            try (reply) {
                url = next(target, url, reply);
            }
        }
        throw HubErrors.mismatch(target, "the hub redirects more than " + MAX_REDIRECTS + " times");
    }

    private Call call(Target target, HttpUrl url, Map<String, String> headers) throws IOException {
        Request.Builder request = new Request.Builder()
                .url(url)
                .header("User-Agent", "dream-protocol")
                .header("Accept-Encoding", PLAIN);
        headers.forEach(request::header);
        if (settings.isHub(url)) {
            settings.token().ifPresent(token -> request.header("Authorization", token.authorization()));
        }
        try {
            rule.checkNumeric(url);
        } catch (ForbiddenAddressException e) {
            throw forbidden(target, url);
        }
        OkHttpClient.Builder how = client.newBuilder().dns(rule.dnsFor(url));
        if (!target.isFile()) {
            how.callTimeout(settings.answerTimeout());
        }
        return how.build().newCall(request.build());
    }

    private static boolean isRedirect(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    private static HttpUrl next(Target target, HttpUrl url, Reply reply) {
        HttpUrl next = reply.header("Location").map(url::resolve).orElse(null);
        if (next == null) {
            throw HubErrors.mismatch(
                    target, HubSettings.nameOf(url) + " redirects to something that is no web address");
        }
        if (!RedirectRule.keepsSafety(url, next)) {
            throw HubErrors.mismatch(
                    target, HubSettings.nameOf(url) + " redirects from https to http, to " + HubSettings.nameOf(next));
        }
        return next;
    }

    private static DreamException forbidden(Target target, HttpUrl url) {
        return HubErrors.mismatch(
                target,
                "the hub redirects to " + HubSettings.nameOf(url)
                        + ", an address inside a network that the hub is not in");
    }

    private Reply checked(Target target, HttpUrl url, Reply reply) throws IOException {
        int status = reply.status();
        if (status == 200 || status == 206 || status == 416) {
            String encoding = reply.header("Content-Encoding").orElse(PLAIN);
            if (!encoding.equalsIgnoreCase(PLAIN)) {
                reply.close();
                throw HubErrors.mismatch(
                        target,
                        HubSettings.nameOf(url) + " sends it compressed (" + Shown.of(encoding)
                                + "), which was not asked for");
            }
            return reply;
        }
        try (reply) {
            if (status == 408 || status == 425 || status == 429 || status >= 500) {
                throw new BrokenException(HubSettings.nameOf(url) + " answers with status " + status, pause(reply));
            }
            if (!settings.isHub(url)) {
                // The signature of such an address runs out after a while; the hub then gives a new one.
                throw new BrokenException(HubSettings.nameOf(url) + " answers with status " + status);
            }
            String code = reply.header("X-Error-Code").orElse("");
            throw HubErrors.refused(settings, target, status, code);
        }
    }

    /** How long the server asks to wait (RFC 9110, section 10.2.3, or the hub's own header). */
    private Duration pause(Reply reply) {
        String after = reply.header("Retry-After").orElse("").strip();
        if (after.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(after));
        }
        Matcher limit = RATE_LIMIT.matcher(reply.header("RateLimit").orElse(""));
        if (reply.status() == 429 && limit.find()) {
            return Duration.ofSeconds(Long.parseLong(limit.group(1)));
        }
        try {
            Duration pause = Duration.between(
                    settings.surroundings().now(), ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME));
            return pause.isNegative() ? Duration.ZERO : pause;
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}
