package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.MultipartBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * Makes calls to the RPC API of a Kubo node: POST requests with everything but files in the query.
 *
 * <p>Thread-safe.
 */
final class KuboRpc implements AutoCloseable {
    private static final int ATTEMPTS = 3;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final int MAX_REFUSAL_BYTES = 1 << 16;

    private final HttpUrl api;
    private final String server;
    private final OkHttpClient small;
    private final OkHttpClient large;

    /**
     * One call.
     *
     * @param command for example {@code pin/add}
     * @param arguments the names and values of the query
     * @param repeatable whether making it twice is as good as making it once
     */
    record Call(String command, List<String> arguments, boolean repeatable) {
        static Call repeatable(String command, String... arguments) {
            return new Call(command, List.of(arguments), true);
        }

        static Call once(String command, String... arguments) {
            return new Call(command, List.of(arguments), false);
        }
    }

    /** Takes what is needed from an answer. */
    @FunctionalInterface
    interface Reading<T> {
        T from(KuboReply reply) throws IOException, KuboRefusal;
    }

    KuboRpc(KuboSettings settings) {
        api = HttpUrl.get(settings.api().toString());
        server = "Kubo at " + api.host() + ":" + api.port();
        OkHttpClient shared = new OkHttpClient.Builder()
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .connectTimeout(settings.connectTimeout())
                .readTimeout(settings.silenceTimeout())
                .writeTimeout(settings.silenceTimeout())
                .build();
        small = shared.newBuilder().callTimeout(settings.callTimeout()).build();
        large = shared.newBuilder().callTimeout(settings.transferTimeout()).build();
    }

    String server() {
        return server;
    }

    /** Makes a small call. */
    <T> T call(Call call, Reading<T> reading) throws KuboRefusal {
        return call(call, List.of(), reading);
    }

    /** Makes a small call with bytes. */
    <T> T call(Call call, byte[] file, Reading<T> reading) throws KuboRefusal {
        return call(call, List.of(RequestBody.create(file)), reading);
    }

    private <T> T call(Call call, List<RequestBody> files, Reading<T> reading) throws KuboRefusal {
        for (int attempt = 1; ; attempt++) {
            try (KuboReply reply = execute(small, call, files)) {
                return reading.from(reply);
            } catch (InterruptedIOException e) {
                // Silence has cost its time already, and the whole call's time is over.
                throw IpfsErrors.broken(server, call.command, e);
            } catch (IOException e) {
                if (!call.repeatable
                        || attempt == ATTEMPTS
                        || Thread.currentThread().isInterrupted()) {
                    throw IpfsErrors.broken(server, call.command, e);
                }
            }
            pause(call, FIRST_PAUSE_MILLIS << (2 * (attempt - 1)));
        }
    }

    private void pause(Call call, long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw IpfsErrors.broken(server, call.command, new InterruptedIOException("interrupted"));
        }
    }

    /** Makes a call that takes or gives much, once; the caller closes the reply. */
    KuboReply transfer(Call call, List<RequestBody> files) throws IOException, KuboRefusal {
        return execute(large, call, files);
    }

    private KuboReply execute(OkHttpClient client, Call call, List<RequestBody> files) throws IOException, KuboRefusal {
        HttpUrl.Builder url = api.newBuilder().addPathSegments("api/v0").addPathSegments(call.command);
        for (int i = 0; i < call.arguments.size(); i += 2) {
            url.addQueryParameter(call.arguments.get(i), call.arguments.get(i + 1));
        }
        RequestBody body = files.isEmpty() ? RequestBody.create(new byte[0]) : form(files);
        Response response = Calls.execute(client.newCall(new Request.Builder()
                .url(url.build())
                .header("User-Agent", "dream-protocol")
                .header("Accept-Encoding", "identity")
                .post(body)
                .build()));
        if (response.code() == 200) {
            return new KuboReply(server, call.command, response);
        }
        try (response) {
            throw refusal(call, response);
        }
    }

    private static RequestBody form(List<RequestBody> files) {
        MultipartBody.Builder form = new MultipartBody.Builder().setType(MultipartBody.FORM);
        files.forEach(file -> form.addFormDataPart("file", "blob", file));
        return form.build();
    }

    private DreamException refusal(Call call, Response response) throws IOException, KuboRefusal {
        int status = response.code();
        if (status == 401 || status == 403) {
            return new UnavailableException(
                    ErrorCode.REMOTE_REFUSED,
                    server + " refuses the call " + call.command + " (status " + status
                            + "); allow it in the node's API settings");
        }
        if (status == 500) {
            throw new KuboRefusal(reason(response.body()));
        }
        if (status == 404 || status == 405 || (status >= 300 && status < 400)) {
            return IpfsErrors.mismatch(
                    server, call.command, "it has status " + status + ", so this is no RPC API; check the address");
        }
        return new UnavailableException(
                ErrorCode.REMOTE_UNAVAILABLE,
                server + " answered the call " + call.command + " with status " + status + "; try again later");
    }

    private static String reason(ResponseBody body) throws IOException {
        byte[] bytes = body.byteStream().readNBytes(MAX_REFUSAL_BYTES);
        try {
            return Json.read(bytes).text("Message").orElse("no reason given");
        } catch (IOException e) {
            return "status 500";
        }
    }

    @Override
    public void close() {
        small.dispatcher().executorService().shutdown();
        small.connectionPool().evictAll();
    }
}
