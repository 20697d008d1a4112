package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.storage.BlockSource;
import io.dreamprotocol.core.storage.CarReader;
import io.dreamprotocol.core.storage.Cid;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.Optional;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one file in the order in which they are read: the root from all gateways at once, the rest from one CAR of the
 * gateway that was fastest, and singly what the CAR does not give when its turn comes. For one thread.
 */
final class CarBlocks implements BlockSource, AutoCloseable {
    /** A CAR that lacks so many blocks one after the other is of no use. */
    private static final int MAX_MISSES = 16;

    private static final int BUFFER = 1 << 16;

    private final Cid root;
    private final GatewayBlobSource source;
    private @Nullable Car car;
    private boolean rootGiven;
    private boolean carTried;

    CarBlocks(Cid root, GatewayBlobSource source) {
        this.root = root;
        this.source = source;
    }

    private static final class Car {
        private final Gateway gateway;
        private final Response response;
        private final CarReader reader;
        /** Whether the reader's current block has not been wanted yet. */
        private boolean pending;

        private int misses;

        Car(Gateway gateway, Response response) throws IOException {
            this.gateway = gateway;
            this.response = response;
            this.reader = new CarReader(new BufferedInputStream(response.body().byteStream(), BUFFER));
        }
    }

    @Override
    public Optional<byte[]> block(Cid cid) {
        if (!rootGiven) {
            rootGiven = true;
            return source.block(cid);
        }
        if (!carTried) {
            carTried = true;
            source.best().ifPresent(this::startCar);
        }
        Optional<byte[]> block = fromCar(cid);
        return block.isPresent() ? block : source.block(cid);
    }

    private void startCar(Gateway gateway) {
        Response response = null;
        try {
            response = gateway.car(root);
            car = new Car(gateway, response);
        } catch (IOException e) {
            source.report(gateway, IpfsErrors.broken(gateway.server(), "for a CAR of " + root, e));
        } catch (DreamException e) {
            source.report(gateway, named(gateway, e));
        } finally {
            if (car == null && response != null) {
                response.close();
            }
        }
    }

    private Optional<byte[]> fromCar(Cid cid) {
        Car from = car;
        if (from == null) {
            return Optional.empty();
        }
        try {
            if (!from.pending) {
                from.pending = nextBehindRoot(from);
            }
            if (!from.pending) {
                close();
                return Optional.empty();
            }
            if (from.reader.cid().equals(cid)) {
                from.pending = false;
                from.misses = 0;
                return Optional.of(from.reader.block());
            }
            if (++from.misses == MAX_MISSES) {
                throw from.gateway.mismatch("its CAR of " + root + " does not have the blocks in their order");
            }
        } catch (IOException e) {
            close();
            source.report(from.gateway, IpfsErrors.broken(from.gateway.server(), "for a CAR of " + root, e));
        } catch (DreamException e) {
            close();
            source.report(from.gateway, named(from.gateway, e));
        }
        return Optional.empty();
    }

    /** What is wrong with a CAR does not say whose it is. */
    private static DreamException named(Gateway gateway, DreamException fault) {
        return switch (fault.code()) {
            case REMOTE_MISMATCH, REMOTE_UNAVAILABLE, REMOTE_REFUSED -> fault;
            default -> gateway.mismatch(fault.getMessage());
        };
    }

    /** The CAR begins with the root, which has been read by then. */
    private boolean nextBehindRoot(Car from) throws IOException {
        boolean next = from.reader.next();
        return (next && from.reader.cid().equals(root)) ? from.reader.next() : next;
    }

    @Override
    public void close() {
        if (car != null) {
            car.response.close();
            car = null;
        }
    }
}
