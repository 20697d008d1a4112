package io.dreamprotocol.examples.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** A hub on this machine with one model, which follows the public hub's API as far as a whole pull goes. */
final class LocalModelHub implements AutoCloseable {
    static final String REPOSITORY = "dream/tiny";
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private static final int LARGE = 100_000;

    final Map<String, byte[]> files = new TreeMap<>();
    final List<String> seen = new CopyOnWriteArrayList<>();

    /** Called with a file's path before the file is sent. */
    volatile Sending sending = path -> {};

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private volatile String requiredToken = "";

    /** Something that happens before a file is sent. */
    interface Sending {
        void begin(String path) throws IOException;
    }

    private LocalModelHub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** A hub whose model is that of a folder. */
    static LocalModelHub of(Path model) throws IOException {
        LocalModelHub hub = new LocalModelHub();
        try (Stream<Path> paths = Files.walk(model)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                hub.files.put(model.relativize(path).toString().replace('\\', '/'), Files.readAllBytes(path));
            }
        }
        hub.files.put("README.md", "card".getBytes(StandardCharsets.UTF_8));
        hub.files.put("unet/diffusion_pytorch_model.bin", "pickle".getBytes(StandardCharsets.UTF_8));
        return hub;
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void require(String token) {
        requiredToken = "Bearer " + token;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            String prefix = "/" + REPOSITORY + "/resolve/" + COMMIT + "/";
            String token = exchange.getRequestHeaders().getFirst("Authorization");
            if (!requiredToken.isEmpty() && !requiredToken.equals(token)) {
                send(exchange, 401, new byte[0]);
            } else if (path.equals("/api/models/" + REPOSITORY + "/revision/main")) {
                send(exchange, 200, description());
            } else {
                sendFile(exchange, path.startsWith(prefix) ? path.substring(prefix.length()) : "");
            }
        }
    }

    private void sendFile(HttpExchange exchange, String file) throws IOException {
        byte[] content = files.get(file);
        if (content == null) {
            send(exchange, 404, new byte[0]);
        } else {
            seen.add(file);
            sending.begin(file);
            send(exchange, 200, content);
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] content) throws IOException {
        exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
        if (content.length > 0) {
            exchange.getResponseBody().write(content);
        }
    }

    private byte[] description() {
        Json json = new Json().object().member("id", REPOSITORY).member("sha", COMMIT);
        json.object("cardData").member("license", "apache-2.0").end();
        json.array("tags").element("license:apache-2.0").endArray();
        json.array("siblings");
        files.forEach((path, content) -> {
            json.object().member("rfilename", path).member("size", content.length);
            byte[] blob = ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8);
            json.member("blobId", hex("SHA-1", blob, content));
            if (content.length > LARGE) {
                json.object("lfs")
                        .member("sha256", hex("SHA-256", content))
                        .member("size", content.length)
                        .end();
            }
            json.end();
        });
        return json.endArray().end().toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
