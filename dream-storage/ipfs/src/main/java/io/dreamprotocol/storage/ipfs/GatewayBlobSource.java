package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.BlockSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.StorageTier;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Reads blobs through any IPFS gateways, of which none needs to be trusted: every block is checked against its CID, and the first
 * gateway with a true one wins.
 *
 * <p>All gateways are asked for a blob's root at once. The one that gave it is then asked for the rest in one CAR; whatever that
 * lacks or gets wrong is fetched block by block, from that gateway and, when it fails or takes long, from all others at once. So a
 * gateway that lies, stalls, breaks off, sends without end, or redirects to an address that is not public costs time and nothing
 * else, as long as another has the block.
 *
 * <p>Thread-safe. Reading throws {@link DreamException} with {@link ErrorCode#BLOB_NOT_FOUND} if all gateways say that they do not
 * find a block, {@link ErrorCode#REMOTE_MISMATCH} if all that do not say so lie, and {@link ErrorCode#REMOTE_UNAVAILABLE} otherwise;
 * the last two name every gateway and what it did.
 */
public final class GatewayBlobSource implements BlobSource, StorageTier {
    private final GatewaySettings settings;
    private final BiConsumer<URI, DreamException> faults;
    private final OkHttpClient client;
    private final List<Gateway> gateways;
    private final AtomicReference<@Nullable Gateway> best = new AtomicReference<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Creates the source; it connects when it is used.
     *
     * @param settings which gateways
     */
    public GatewayBlobSource(GatewaySettings settings) {
        this(settings, (gateway, fault) -> {});
    }

    /**
     * Creates the source.
     *
     * @param settings which gateways
     * @param faults is told what a gateway did wrong, also when another made up for it; called on the reading thread
     */
    public GatewayBlobSource(GatewaySettings settings, BiConsumer<URI, DreamException> faults) {
        this.settings = settings;
        this.faults = faults;
        this.client = new OkHttpClient.Builder()
                .followRedirects(false)
                .followSslRedirects(false)
                .connectTimeout(settings.connectTimeout())
                .readTimeout(settings.silenceTimeout())
                .writeTimeout(settings.silenceTimeout())
                .callTimeout(settings.blockTimeout())
                .build();
        OkHttpClient transfers =
                client.newBuilder().callTimeout(settings.transferTimeout()).build();
        this.gateways = settings.gateways().stream()
                .map(address -> new Gateway(address, client, transfers))
                .toList();
    }

    @Override
    public InputStream open(Cid cid) {
        checkOpen();
        CarBlocks blocks = new CarBlocks(cid, this);
        InputStream content = UnixFsFile.open(cid, blocks);
        return new FilterInputStream(content) {
            @Override
            public void close() throws IOException {
                blocks.close();
                super.close();
            }
        };
    }

    /**
     * Fetches one block and checks it.
     *
     * @param cid the block's CID
     * @return the block, or empty if all gateways say that they do not find it
     * @throws DreamException {@link ErrorCode#REMOTE_MISMATCH} or {@link ErrorCode#REMOTE_UNAVAILABLE}, as for {@link #open}
     */
    @Override
    public Optional<byte[]> block(Cid cid) {
        checkOpen();
        Optional<Gateway> first = best();
        List<Gateway> others = gateways.stream()
                .filter(gateway -> !first.equals(Optional.of(gateway)))
                .toList();
        Optional<BlockRace.Winner> winner = new BlockRace(cid, this::report).run(first, others, settings.patience());
        winner.ifPresent(won -> best.set(won.gateway()));
        return winner.map(BlockRace.Winner::block);
    }

    /** Does nothing: gateways only give. */
    @Override
    public void publish(Cid root, BlockSource from, LongConsumer sent) {
        checkOpen();
    }

    /** Does nothing: gateways only give. */
    @Override
    public void withdraw(Cid root) {
        checkOpen();
    }

    /** The gateway that gave the last block. */
    Optional<Gateway> best() {
        return Optional.ofNullable(best.get());
    }

    void report(Gateway gateway, DreamException fault) {
        faults.accept(gateway.address(), fault);
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("The source of blobs in gateways is closed");
        }
    }

    /** Frees the connections; calling it twice does nothing more. Any other call afterwards throws {@link IllegalStateException}. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        }
    }
}
