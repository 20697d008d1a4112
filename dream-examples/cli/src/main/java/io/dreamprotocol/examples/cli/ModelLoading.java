package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.ImageModel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A model that is loaded on a thread of its own, while the ledger and the store open. */
final class ModelLoading implements AutoCloseable {
    private final CompletableFuture<ImageModel> loaded = new CompletableFuture<>();
    private final Thread thread;

    private ModelLoading(String address) {
        thread = Thread.ofPlatform().daemon().name("dream-model").start(() -> load(address));
    }

    /** Begins to load the model at an address. */
    static ModelLoading start(String address, Context context) {
        ModelLoading loading = new ModelLoading(address);
        context.guard().run();
        return loading;
    }

    private void load(String address) {
        try {
            ImageModel model = Backends.openImageModel(address);
            if (!loaded.complete(model)) {
                model.close();
            }
        } catch (RuntimeException | Error e) {
            loaded.completeExceptionally(e);
        }
    }

    /**
     * Waits for the model.
     *
     * @param interrupt ends the waiting
     */
    @SuppressWarnings("try") // the registration is held for its closing only
    ImageModel await(Cancellation interrupt) {
        StoppedException stopped =
                new StoppedException(ErrorCode.CANCELLED, "Interrupted before a job was submitted; nothing was paid");
        try (Cancellation.Registration waiting = interrupt.onStop(() -> loaded.completeExceptionally(stopped))) {
            return loaded.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    /**
     * Frees the model; one that still loads is waited for, because a process that ends while native code works on another thread may
     * crash.
     */
    @Override
    public void close() {
        boolean never = loaded.completeExceptionally(
                new StoppedException(ErrorCode.CANCELLED, "The model is not needed any more"));
        if (!never && !loaded.isCompletedExceptionally()) {
            loaded.join().close();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
