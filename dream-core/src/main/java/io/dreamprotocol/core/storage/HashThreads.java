package io.dreamprotocol.core.storage;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Threads that hash blocks beside those who read and write them, as many as there are processors; they end when nobody needs them. */
final class HashThreads {
    private static final int KEEP_SECONDS = 5;
    private static final ThreadPoolExecutor POOL = pool(Runtime.getRuntime().availableProcessors());

    private HashThreads() {}

    private static ThreadPoolExecutor pool(int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                KEEP_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("block-hash-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    static <T> CompletableFuture<T> start(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, POOL);
    }
}
