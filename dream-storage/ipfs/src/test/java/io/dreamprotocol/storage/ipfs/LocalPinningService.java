package io.dreamprotocol.storage.ipfs;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A pinning service on this machine that follows the published API (ipfs/pinning-services-api-spec, version 1) and fetches nothing. */
final class LocalPinningService implements AutoCloseable {
    static final String TOKEN = "secret-token";

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final Map<String, Map<String, Object>> pins = new LinkedHashMap<>();
    private int made;

    LocalPinningService() throws IOException {
        server.createContext("/api/pins", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/api");
    }

    /** Says that what was queued has come. */
    void fetchAll() {
        pins.values().forEach(pin -> pin.put("status", "pinned"));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String id = exchange.getRequestURI()
                    .getPath()
                    .substring("/api/pins".length())
                    .replace("/", "");
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                send(exchange, 401, error("UNAUTHORIZED", "Access token is missing or invalid"));
                return;
            }
            String method = exchange.getRequestMethod();
            if (!id.isEmpty() && !pins.containsKey(id)) {
                send(exchange, 404, error("NOT_FOUND", "The specified resource was not found"));
            } else if (method.equals("POST") && id.isEmpty()) {
                Map<String, Object> pin = new LinkedHashMap<>();
                pin.put("requestid", "id-" + ++made);
                pin.put("status", "queued");
                pin.put("created", "2026-01-01T00:00:00Z");
                pin.put("pin", JSON.std.mapFrom(body));
                pin.put("delegates", List.of());
                pins.put("id-" + made, pin);
                send(exchange, 202, pin);
            } else if (method.equals("GET") && id.isEmpty()) {
                List<Map<String, Object>> found = pins.values().stream()
                        .filter(pin -> exchange.getRequestURI()
                                .getQuery()
                                .contains("cid=" + ((Map<?, ?>) pin.get("pin")).get("cid") + "&"))
                        .toList();
                send(exchange, 200, Map.of("count", found.size(), "results", found));
            } else if (method.equals("GET")) {
                send(exchange, 200, pins.get(id));
            } else if (method.equals("DELETE")) {
                pins.remove(id);
                exchange.sendResponseHeaders(202, -1);
            }
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
