package io.dreamprotocol.storage.ipfs;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A server on this machine that answers every request as a script says, down to the bytes; a connection is for one request. */
final class ScriptedServer implements AutoCloseable {
    /** The paths and queries asked for. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    /** Opened when the server closes; what waits for it stalls until then. */
    final CountDownLatch closing = new CountDownLatch(1);

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final Script script;

    /** Answers one request. */
    interface Script {
        void answer(Exchange exchange) throws IOException, InterruptedException;
    }

    ScriptedServer(Script script) throws IOException {
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // The server closes.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            Exchange exchange = new Exchange(connection, requests.size() + 1);
            requests.add(exchange.target);
            script.answer(exchange);
        } catch (IOException e) {
            // The client has gone, as some tests want it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        closing.countDown();
        socket.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    /** One request and what is sent back for it. */
    static final class Exchange {
        /** Path and query. */
        final String target;

        /** Counts the requests from 1. */
        final int number;

        private final InputStream in;
        private final OutputStream out;
        private boolean chunked;
        private int length;
        private byte[] body;

        private Exchange(Socket connection, int number) throws IOException {
            this.number = number;
            in = new BufferedInputStream(connection.getInputStream());
            out = connection.getOutputStream();
            target = line().split(" ", -1)[1];
            String header = line().toLowerCase(Locale.ROOT);
            while (!header.isEmpty()) {
                chunked |= header.equals("transfer-encoding: chunked");
                if (header.startsWith("content-length: ")) {
                    length = Integer.parseInt(header.substring("content-length: ".length()));
                }
                header = line().toLowerCase(Locale.ROOT);
            }
        }

        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int next = in.read();
            while (next != '\n') {
                if (next < 0) {
                    throw new IOException("The request ends early");
                }
                if (next != '\r') {
                    line.write(next);
                }
                next = in.read();
            }
            return line.toString(StandardCharsets.ISO_8859_1);
        }

        /** Reads the request's body to its end. */
        byte[] body() throws IOException {
            if (body == null) {
                body = chunked ? chunks() : in.readNBytes(length);
            }
            return body;
        }

        private byte[] chunks() throws IOException {
            ByteArrayOutputStream chunks = new ByteArrayOutputStream();
            int size = Integer.parseInt(line(), 16);
            while (size > 0) {
                chunks.write(in.readNBytes(size));
                line();
                size = Integer.parseInt(line(), 16);
            }
            line();
            return chunks.toByteArray();
        }

        /** Reads a part of the request's body. */
        void readSome(int bytes) throws IOException {
            in.readNBytes(bytes);
        }

        /** Sends text as it is; lines end with {@code \n} here. */
        void send(String text) throws IOException {
            send(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
        }

        void send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** Answers with a body. */
        void reply(int status, byte[] content) throws IOException {
            body();
            send("HTTP/1.1 " + status + " X\nConnection: close\nContent-Length: " + content.length + "\n\n");
            send(content);
        }

        void reply(int status, String content) throws IOException {
            reply(status, content.getBytes(StandardCharsets.UTF_8));
        }
    }
}
