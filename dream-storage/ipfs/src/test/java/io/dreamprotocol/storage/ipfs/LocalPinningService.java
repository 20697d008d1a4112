package io.dreamprotocol.storage.ipfs;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pinning service on this machine that fetches nothing, and is as strict as the API's OpenAPI document allows (ipfs/pinning-services-api-spec,
 * version 1.0.0): it answers 400 to whatever the document does not have.
 */
final class LocalPinningService implements AutoCloseable {
    static final String TOKEN = "secret-token";

    private static final Set<String> FILTERS =
            Set.of("cid", "name", "match", "status", "before", "after", "limit", "meta");
    private static final Set<String> STATUSES = Set.of("queued", "pinning", "pinned", "failed");
    private static final Set<String> PIN_MEMBERS = Set.of("cid", "name", "origins", "meta");
    private static final int MAX_CIDS = 10;
    private static final int MAX_LIMIT = 1_000;
    private static final int DEFAULT_LIMIT = 10;
    private static final int MAX_NAME = 255;

    /** How many calls were made. */
    final AtomicInteger calls = new AtomicInteger();

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final Map<String, Map<String, Object>> pins = new LinkedHashMap<>();
    private int made;
    private boolean poor;

    LocalPinningService() throws IOException {
        server.createContext("/api/pins", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/api");
    }

    /** Says that what was queued has come. */
    void fetchAll() {
        setStatus("pinned");
    }

    void setStatus(String status) {
        pins.values().forEach(pin -> pin.put("status", status));
    }

    /** Says from now on that the account has no money. */
    void impoverish() {
        poor = true;
    }

    private void answer(HttpExchange exchange) throws IOException {
        calls.incrementAndGet();
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                send(exchange, 401, error("UNAUTHORIZED", "Access token is missing or invalid"));
                return;
            }
            String path = exchange.getRequestURI().getPath().substring("/api/pins".length());
            try {
                if (path.isEmpty()) {
                    collection(exchange, body);
                } else {
                    one(exchange, path.substring(1), body);
                }
            } catch (IllegalArgumentException e) {
                send(exchange, 400, error("BAD_REQUEST", e.getMessage()));
            }
        }
    }

    private void collection(HttpExchange exchange, byte[] body) throws IOException {
        switch (exchange.getRequestMethod()) {
            case "GET" -> list(exchange, query(exchange.getRequestURI().getRawQuery()));
            case "POST" -> add(exchange, body);
            default -> send(exchange, 405, error("METHOD_NOT_ALLOWED", "no such operation"));
        }
    }

    private void one(HttpExchange exchange, String id, byte[] body) throws IOException {
        if (!pins.containsKey(id)) {
            send(exchange, 404, error("NOT_FOUND", "The specified resource was not found"));
            return;
        }
        switch (exchange.getRequestMethod()) {
            case "GET" -> send(exchange, 200, pins.get(id));
            case "POST" -> {
                Map<String, Object> pin = checked(exchange, body);
                pins.remove(id);
                send(exchange, 202, made(pin));
            }
            case "DELETE" -> {
                pins.remove(id);
                exchange.sendResponseHeaders(202, -1);
            }
            default -> send(exchange, 405, error("METHOD_NOT_ALLOWED", "no such operation"));
        }
    }

    private void add(HttpExchange exchange, byte[] body) throws IOException {
        Map<String, Object> pin = checked(exchange, body);
        if (poor) {
            send(exchange, 409, error("INSUFFICIENT_FUNDS", "Unable to process request due to the lack of funds"));
            return;
        }
        send(exchange, 202, made(pin));
    }

    private Map<String, Object> made(Map<String, Object> pin) {
        String id = "id-" + ++made;
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("requestid", id);
        status.put("status", "queued");
        status.put(
                "created",
                Instant.parse("2026-01-01T00:00:00Z").plusSeconds(made).toString());
        status.put("pin", pin);
        status.put("delegates", List.of("/ip4/203.0.113.1/tcp/4001/p2p/QmServicePeerId"));
        status.put("info", Map.of("status_details", "Queue position: 7 of 9"));
        pins.put(id, status);
        return status;
    }

    private static Map<String, Object> checked(HttpExchange exchange, byte[] body) throws IOException {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        require(type != null && type.startsWith("application/json"), "the body is no JSON");
        Map<String, Object> pin = JSON.std.mapFrom(body);
        require(PIN_MEMBERS.containsAll(pin.keySet()), "a pin has no such member");
        require(pin.get("cid") instanceof String, "a pin has a cid");
        require(!(pin.get("name") instanceof String name) || name.length() <= MAX_NAME, "the name is too long");
        return pin;
    }

    private void list(HttpExchange exchange, Map<String, String> query) throws IOException {
        require(FILTERS.containsAll(query.keySet()), "there is no such filter");
        int limit = query.containsKey("limit") ? Integer.parseInt(query.get("limit")) : DEFAULT_LIMIT;
        require(limit >= 1 && limit <= MAX_LIMIT, "the limit lies between 1 and 1000");
        Set<String> cids = query.containsKey("cid") ? Set.of(query.get("cid").split(",")) : Set.of();
        require(cids.size() <= MAX_CIDS, "at most 10 cids");
        Set<String> statuses = Set.of(query.getOrDefault("status", "pinned").split(","));
        require(STATUSES.containsAll(statuses), "there is no such status");
        List<Map<String, Object>> found = pins.values().stream()
                .filter(pin -> cids.isEmpty() || cids.contains(((Map<?, ?>) pin.get("pin")).get("cid")))
                .filter(pin -> statuses.contains(pin.get("status")))
                .toList();
        send(
                exchange,
                200,
                Map.of(
                        "count",
                        found.size(),
                        "results",
                        found.stream().limit(limit).toList()));
    }

    /** Lists are in the style "form", not exploded: the commas between values are those that are not encoded. */
    private static Map<String, String> query(String raw) {
        Map<String, String> query = new HashMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            String[] parts = pair.split("=", 2);
            require(!parts[1].contains("%2C"), "a comma within a value");
            String value = URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
            require(query.put(parts[0], value) == null, "a parameter that is there twice");
        }
        return query;
    }

    private static void require(boolean allowed, String otherwise) {
        if (!allowed) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static Map<String, Object> error(String reason, String details) {
        return Map.of("error", Map.of("reason", reason, "details", details));
    }

    private static void send(HttpExchange exchange, int status, Object answer) throws IOException {
        byte[] json = JSON.std.asBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, json.length);
        exchange.getResponseBody().write(json);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
