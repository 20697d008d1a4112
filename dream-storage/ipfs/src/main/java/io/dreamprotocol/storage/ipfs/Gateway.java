package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * One trustless gateway: gives blocks, and CARs of many, and is believed nothing.
 *
 * <p>Thread-safe. Source: the trustless gateway specification of IPFS.
 */
final class Gateway {
    private static final int MAX_REDIRECTS = 3;
    private static final String RAW = "application/vnd.ipld.raw";
    private static final String CAR = "application/vnd.ipld.car; version=1; order=dfs; dups=y";

    private final URI address;
    private final HttpUrl url;
    private final OkHttpClient blocks;
    private final OkHttpClient transfers;

    Gateway(URI address, OkHttpClient blocks, OkHttpClient transfers) {
        this.address = address;
        this.url = HttpUrl.get(address.toString());
        this.blocks = blocks;
        this.transfers = transfers;
    }

    URI address() {
        return address;
    }

    String server() {
        return "the gateway " + url.host() + ":" + url.port();
    }

    /**
     * Fetches one block and checks it.
     *
     * @param started is given the call that runs, to cancel it; several times if the gateway redirects
     * @return the block, or empty if the gateway says that it does not find it
     */
    Optional<byte[]> block(Cid cid, Consumer<Call> started) {
        try (Response response = get(blocks, cid, "raw", RAW, started)) {
            if (isMissing(response)) {
                return Optional.empty();
            }
            byte[] block = response.body().byteStream().readNBytes(UnixFsFile.MAX_BLOCK_BYTES + 1);
            if (block.length > UnixFsFile.MAX_BLOCK_BYTES) {
                throw mismatch("it sends more than " + UnixFsFile.MAX_BLOCK_BYTES + " bytes for block " + cid);
            }
            if (!Bytes.sha256(block).equals(cid.digest())) {
                throw mismatch("it sends other bytes for block " + cid);
            }
            return Optional.of(block);
        } catch (PublicDns.NotPublicException e) {
            throw mismatch("it redirects into a network that is not public");
        } catch (IOException e) {
            throw IpfsErrors.broken(server(), "for block " + cid, e);
        }
    }

    /** Asks for a CAR of a file; the caller closes the answer. */
    Response car(Cid root) throws IOException {
        Response response = get(transfers, root, "car", CAR, call -> {});
        if (isMissing(response)) {
            response.close();
            throw new IOException("it no longer finds " + root);
        }
        return response;
    }

    private Response get(OkHttpClient client, Cid cid, String format, String type, Consumer<Call> started)
            throws IOException {
        HttpUrl target = url.newBuilder()
                .addPathSegment("ipfs")
                .addPathSegment(cid.toString())
                .addQueryParameter("format", format)
                .build();
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            Call call = reaching(client, target)
                    .newCall(new Request.Builder()
                            .url(target)
                            .header("User-Agent", "dream-protocol")
                            .header("Accept", type)
                            .header("Accept-Encoding", "identity")
                            .build());
            started.accept(call);
            Response response = Calls.execute(call);
            if (response.code() == 200 || isMissing(response)) {
                return response;
            }
            try (response) {
                target = next(target, response);
            }
        }
        throw mismatch("it redirects more than " + MAX_REDIRECTS + " times");
    }

    /** The gateway's own address may be anywhere, for its user chose it; where it sends us may not. */
    private OkHttpClient reaching(OkHttpClient client, HttpUrl target) throws IOException {
        if (isGateway(target)) {
            return client;
        }
        // A host that is an address in numbers is not looked up by the client, so it is looked at here.
        if (target.host().contains(":") || target.host().matches("[0-9.]+")) {
            PublicDns.INSTANCE.lookup(target.host());
        }
        return client.newBuilder().dns(PublicDns.INSTANCE).build();
    }

    private boolean isGateway(HttpUrl target) {
        return target.host().equals(url.host()) && target.port() == url.port();
    }

    private HttpUrl next(HttpUrl from, Response response) {
        int status = response.code();
        if (status < 300 || status >= 400) {
            throw new UnavailableException(
                    status == 401 || status == 403 || status == 451
                            ? ErrorCode.REMOTE_REFUSED
                            : ErrorCode.REMOTE_UNAVAILABLE,
                    server() + " answers with status " + status);
        }
        String location = response.header("Location");
        HttpUrl next = location == null ? null : from.resolve(location);
        if (next == null) {
            throw mismatch("it redirects to something that is no web address");
        }
        if (from.isHttps() && !next.isHttps()) {
            throw mismatch("it redirects from https to http");
        }
        return next;
    }

    private static boolean isMissing(Response response) {
        return response.code() == 404 || response.code() == 410;
    }

    DreamException mismatch(String what) {
        return IpfsErrors.mismatch(server(), "for a block", what);
    }
}
