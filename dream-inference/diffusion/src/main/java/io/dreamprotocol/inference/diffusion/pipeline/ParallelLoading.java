package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.ChangeableNetwork;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkChanges;
import io.dreamprotocol.inference.diffusion.network.NetworkRuntime;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Loads the parts of a model at the same time, and frees those that were loaded if one of them fails. */
final class ParallelLoading implements AutoCloseable {
    private static final int THREADS = 3;

    private final ModelFolder folder;
    private final NetworkRuntime runtime;
    private final ExecutorService executor;
    private final List<Network> opened = new ArrayList<>();

    ParallelLoading(ModelFolder folder, NetworkRuntime runtime) {
        this.folder = folder;
        this.runtime = runtime;
        this.executor = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "dream-loading");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins work that may call {@link #network}. */
    <T> Future<T> begin(Callable<T> work) {
        return executor.submit(work);
    }

    /** Loads the network of a part, on the calling thread. */
    Network network(ModelPart part) {
        return open(new NetworkSource(part.folder(), folder.network(part)));
    }

    /** Loads a control network, on the calling thread. */
    PartNetwork controlNetwork(String name) {
        Path file = folder.controlNetwork(name);
        return new PartNetwork(file, open(new NetworkSource(name, file)));
    }

    private Network open(NetworkSource source) {
        return opened(runtime.load(source));
    }

    /** Makes a network with other weights, on the calling thread. */
    Network changed(ChangeableNetwork network, NetworkChanges changes) {
        return opened(network.with(changes));
    }

    private Network opened(Network network) {
        synchronized (opened) {
            opened.add(network);
        }
        return network;
    }

    /** Waits for work that was begun. */
    <T> T await(Future<T> work) {
        try {
            return work.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DreamException error) {
                throw error;
            }
            throw new IllegalStateException("loading a part of " + folder.root() + " failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException(ErrorCode.CANCELLED, "Loading the model was interrupted", e);
        }
    }

    /** Hands the networks over to the caller, who closes them from now on. */
    List<Network> keep() {
        synchronized (opened) {
            List<Network> kept = List.copyOf(opened);
            opened.clear();
            return kept;
        }
    }

    /** Waits for what was begun, and frees what was not handed over. */
    @Override
    public void close() {
        executor.close();
        synchronized (opened) {
            opened.forEach(Network::close);
        }
    }
}
