package io.dreamprotocol.inference.hub;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * A hub on this machine that follows the public hub's API for models, with its storage of large files under another host name
 * and port; and faults on demand.
 */
final class LocalHub implements AutoCloseable {
    static final String REPOSITORY = "dream/tiny";
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    static final String SIGNATURE = "signature-of-the-storage";
    static final String DESCRIPTION = "description";

    /** Files that are larger lie in the storage. */
    private static final int LARGE = 100_000;

    final Map<String, byte[]> files = new TreeMap<>();
    final Map<String, Object> description = new LinkedHashMap<>();
    final List<Seen> seen = new CopyOnWriteArrayList<>();

    /** Opened when the hub closes; what waits for it stalls until then. */
    final CountDownLatch closing = new CountDownLatch(1);

    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer hub;
    private final HttpServer storage;
    private volatile String requiredToken = "";

    /** An answer out of the ordinary. */
    interface Answer {
        void give(HttpExchange exchange, byte[] content) throws IOException, InterruptedException;
    }

    /**
     * A request that came.
     *
     * @param server {@code hub} or {@code storage}
     * @param subject the file's path, or {@link #DESCRIPTION}
     */
    record Seen(String server, String subject, Headers headers) {
        String header(String name) {
            return headers.getFirst(name);
        }
    }

    private LocalHub(HttpServer hub) throws IOException {
        InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        this.hub = hub;
        storage = HttpServer.create(new InetSocketAddress(here, 0), 0);
        hub.bind(new InetSocketAddress(here, 0), 0);
        hub.createContext("/", exchange -> safely(exchange, this::hub));
        storage.createContext("/", exchange -> safely(exchange, this::storage));
        hub.setExecutor(threads);
        storage.setExecutor(threads);
        hub.start();
        storage.start();
        description.put("id", REPOSITORY);
        description.put("sha", COMMIT);
        description.put("tags", List.of("diffusers", "onnx", "license:apache-2.0", "base_model:dream/base"));
        description.put("cardData", Map.of("license", "apache-2.0", "base_model", "dream/base"));
    }

    /** A hub with a tiny model, and what else lies in repositories. */
    static LocalHub withModel() throws IOException {
        return withModel(HttpServer.create());
    }

    /** A hub that speaks TLS; its storage does not. */
    static LocalHub withModel(SSLContext tls) throws IOException {
        HttpsServer server = HttpsServer.create();
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        return withModel(server);
    }

    private static LocalHub withModel(HttpServer server) throws IOException {
        LocalHub hub = new LocalHub(server);
        hub.publish(golden("sd15"));
        byte[] weights = new byte[3_000_000];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (byte) (i * 31 + (i >> 8) * 17 + (i >> 16));
        }
        hub.files.put("unet/model.onnx_data", weights);
        for (String other : List.of(
                ".gitattributes",
                "README.md",
                "pytorch_model.bin",
                "unet/diffusion_pytorch_model.bin",
                "unet/diffusion_pytorch_model.safetensors",
                "unet/model_fp16.onnx",
                "text_encoder/flax_model.msgpack",
                "safety_checker/model.ckpt",
                "sd.ckpt")) {
            hub.files.put(other, other.getBytes(StandardCharsets.UTF_8));
        }
        return hub;
    }

    /** The folder of a tiny model of a kind. */
    static Path golden(String kind) {
        return Path.of(System.getProperty("dream.golden"), "pipelines", kind, "model");
    }

    /** Takes the files of a folder into the repository. */
    void publish(Path model) throws IOException {
        try (Stream<Path> paths = Files.walk(model)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(model.relativize(path).toString().replace('\\', '/'), Files.readAllBytes(path));
            }
        }
    }

    URI address() {
        return URI.create((hub instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:"
                + hub.getAddress().getPort());
    }

    /** Answers of the hub itself for a file, or for {@link #DESCRIPTION}, one a request, before the ordinary ones. */
    void next(String subject, Answer... some) {
        answers.computeIfAbsent(subject, key -> new ConcurrentLinkedDeque<>()).addAll(List.of(some));
    }

    /** Answers of whoever has a file's content. */
    void nextContent(String path, Answer... some) {
        next("content of " + path, some);
    }

    /** The same answer for all requests. */
    void alwaysContent(String path, Answer answer) {
        nextContent(path, Collections.nCopies(1000, answer).toArray(Answer[]::new));
    }

    void always(String subject, Answer answer) {
        next(subject, Collections.nCopies(1000, answer).toArray(Answer[]::new));
    }

    /** Makes the model private. */
    void require(String token) {
        requiredToken = "Bearer " + token;
    }

    long count(String server, String subject) {
        return seen.stream()
                .filter(request -> request.server.equals(server) && request.subject.equals(subject))
                .count();
    }

    List<Seen> requests(String server, String subject) {
        return seen.stream()
                .filter(request -> request.server.equals(server) && request.subject.equals(subject))
                .toList();
    }

    String storageAddress(String path) {
        return "http://localhost:" + storage.getAddress().getPort() + "/lfs/" + path + "?X-Signature=" + SIGNATURE;
    }

    // Answers

    static Answer status(int status, String... headers) {
        return (exchange, content) -> send(exchange, status, new byte[0], headers);
    }

    static Answer redirect(String location) {
        return status(302, "Location", location);
    }

    /** Sends the beginning of what it should, and cuts the line. */
    static Answer cutAfter(int bytes) {
        return (exchange, content) -> {
            int from = offset(exchange, content);
            begin(exchange, content, from);
            exchange.getResponseBody().write(content, from, Math.min(bytes, content.length - from));
            exchange.getResponseBody().flush();
        };
    }

    /** Sends the beginning of what it should, and then nothing. */
    Answer stallAfter(int bytes) {
        return (exchange, content) -> {
            cutAfter(bytes).give(exchange, content);
            closing.await();
        };
    }

    /** Sends one byte at a time, and never comes to the end. */
    Answer trickle() {
        return (exchange, content) -> {
            int from = offset(exchange, content);
            begin(exchange, content, from);
            while (closing.getCount() > 0) {
                exchange.getResponseBody().write(content, from++, 1);
                exchange.getResponseBody().flush();
                Thread.sleep(20);
            }
        };
    }

    static Answer endless() {
        return (exchange, content) -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] block = new byte[1 << 16];
            while (true) {
                exchange.getResponseBody().write(block);
            }
        };
    }

    static void send(HttpExchange exchange, int status, byte[] content, String... headers) throws IOException {
        for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
        }
        exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
        if (content.length > 0) {
            exchange.getResponseBody().write(content);
        }
    }

    private static void begin(HttpExchange exchange, byte[] content, int from) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("ETag", etag(content));
        if (from > 0) {
            headers.set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
    }

    private static int offset(HttpExchange exchange, byte[] content) {
        String range = exchange.getRequestHeaders().getFirst("Range");
        String ifRange = exchange.getRequestHeaders().getFirst("If-Range");
        if (range == null || (ifRange != null && !ifRange.equals(etag(content)))) {
            return 0;
        }
        return Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    }

    static String etag(byte[] content) {
        return "\"storage-" + hex("SHA-256", content).substring(0, 16) + "\"";
    }

    // The ordinary answers

    private void hub(HttpExchange exchange) throws IOException, InterruptedException {
        String path = exchange.getRequestURI().getRawPath();
        String subject = path.startsWith("/api/models/")
                ? DESCRIPTION
                : path.replaceFirst(".*/resolve/[^/]*/", "").replaceFirst("^/api/resolve-cache/", "");
        seen.add(new Seen("hub", subject, exchange.getRequestHeaders()));
        if (!path.startsWith("/api/resolve-cache/") && special(subject, exchange, files.get(subject))) {
            return;
        }
        if (!requiredToken.isEmpty()
                && !requiredToken.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            boolean with = exchange.getRequestHeaders().containsKey("Authorization");
            send(
                    exchange,
                    401,
                    new byte[0],
                    with ? "X-Error-Message" : "X-Error-Code",
                    with ? "Invalid credentials in Authorization header" : "RepoNotFound");
        } else if (subject.equals(DESCRIPTION)) {
            describe(exchange, path);
        } else if (!files.containsKey(subject)) {
            send(exchange, 404, new byte[0], "X-Error-Code", "EntryNotFound");
        } else {
            resolve(exchange, path, subject);
        }
    }

    private void describe(HttpExchange exchange, String path) throws IOException {
        String prefix = "/api/models/" + REPOSITORY + "/revision/";
        if (!path.startsWith(prefix)) {
            send(exchange, 404, new byte[0], "X-Error-Code", "RepoNotFound");
        } else if (!Set.of("main", "v1", "refs%2Fpr%2F1", COMMIT).contains(path.substring(prefix.length()))) {
            send(exchange, 404, new byte[0], "X-Error-Code", "RevisionNotFound");
        } else {
            Map<String, Object> answer = new LinkedHashMap<>(description);
            answer.putIfAbsent("siblings", siblings());
            send(exchange, 200, JSON.std.asBytes(answer), "Content-Type", "application/json");
        }
    }

    List<Map<String, Object>> siblings() {
        List<Map<String, Object>> siblings = new ArrayList<>();
        files.forEach((path, content) -> siblings.add(sibling(path, content)));
        return siblings;
    }

    static Map<String, Object> sibling(String path, byte[] content) {
        Map<String, Object> sibling = new LinkedHashMap<>();
        sibling.put("rfilename", path);
        sibling.put("size", content.length);
        sibling.put("blobId", gitId(content));
        if (content.length > LARGE) {
            sibling.put("lfs", Map.of("sha256", hex("SHA-256", content), "size", content.length, "pointerSize", 134));
        }
        return sibling;
    }

    private void resolve(HttpExchange exchange, String path, String subject) throws IOException, InterruptedException {
        byte[] content = files.get(subject);
        if (content.length > LARGE) {
            String[] headers = {
                "Location",
                storageAddress(subject),
                "X-Repo-Commit",
                COMMIT,
                "X-Linked-Size",
                Integer.toString(content.length),
                "X-Linked-Etag",
                "\"" + hex("SHA-256", content) + "\""
            };
            send(exchange, 302, new byte[0], headers);
        } else if (path.startsWith("/api/resolve-cache/")) {
            if (!special("content of " + subject, exchange, content)) {
                send(exchange, 200, content, "ETag", "\"" + gitId(content) + "\"", "X-Repo-Commit", COMMIT);
            }
        } else {
            send(exchange, 307, new byte[0], "Location", "/api/resolve-cache/" + subject, "X-Repo-Commit", COMMIT);
        }
    }

    private void storage(HttpExchange exchange) throws IOException, InterruptedException {
        String subject = exchange.getRequestURI().getPath().replaceFirst("^/lfs/", "");
        seen.add(new Seen("storage", subject, exchange.getRequestHeaders()));
        byte[] content = files.get(subject);
        if (!special("content of " + subject, exchange, content)) {
            cutAfter(content.length).give(exchange, content);
        }
    }

    private boolean special(String subject, HttpExchange exchange, byte[] content)
            throws IOException, InterruptedException {
        Answer answer =
                answers.getOrDefault(subject, new ConcurrentLinkedDeque<>()).poll();
        if (answer == null) {
            return false;
        }
        answer.give(exchange, content);
        return true;
    }

    private interface Handling {
        void handle(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private static void safely(HttpExchange exchange, Handling handling) throws IOException {
        try (exchange) {
            handling.handle(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static String gitId(byte[] content) {
        byte[] header = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(header, header.length + content.length);
        System.arraycopy(content, 0, all, header.length, content.length);
        return hex("SHA-1", all);
    }

    static String hex(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        hub.stop(0);
        storage.stop(0);
        threads.shutdownNow();
    }
}
