package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.Cancellation;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Stops the run, when the process is told to end, before the Java machine shuts down. A shutdown hook would be too late: ONNX Runtime
 * has one too, which frees its environment under networks that still load or run, and crashes the process.
 */
final class Signals {
    /** How long a run may take to settle its affairs, in seconds. */
    private static final long SETTLING_SECONDS = 10;

    /** What a shell adds to a signal's number for the exit status. */
    private static final int SIGNAL_STATUS = 128;

    private final Cancellation interrupt;
    private final CountDownLatch ended = new CountDownLatch(1);
    private int received;
    private boolean taken;

    Signals(Cancellation interrupt) {
        this.interrupt = interrupt;
    }

    /** Takes the signals over from the Java machine. Until then they end the process at once, which suits quick commands. */
    synchronized void take() {
        if (taken) {
            return;
        }
        taken = true;
        try {
            // By reflection, because javac warns of these classes and has no way to say that it need not.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Method number = signal.getMethod("getNumber");
            Method handle = signal.getMethod("handle", signal, handler);
            Constructor<?> named = signal.getConstructor(String.class);
            Object action = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            receive((Integer) number.invoke(arguments[0]));
                        }
                        return null;
                    });
            for (String name : List.of("INT", "TERM", "HUP")) {
                take(name, named, handle, action);
            }
        } catch (ReflectiveOperationException e) {
            // A Java without these classes ends the process by itself; its jobs stay, and resume finishes them.
            return;
        }
    }

    private static void take(String name, Constructor<?> named, Method handle, Object action)
            throws ReflectiveOperationException {
        try {
            handle.invoke(null, named.newInstance(name), action);
        } catch (InvocationTargetException e) {
            // The system has no such signal, or Java was told to leave it alone.
            return;
        }
    }

    private void receive(int signal) {
        synchronized (this) {
            if (received != 0) {
                // Asked twice: at once.
                Runtime.getRuntime().halt(SIGNAL_STATUS + signal);
            }
            received = signal;
        }
        interrupt.cancel();
        try {
            if (!ended.await(SETTLING_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(SIGNAL_STATUS + signal);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the process. */
    void end(int status) {
        ended.countDown();
        int signal;
        synchronized (this) {
            signal = received;
        }
        System.exit(signal == 0 ? status : SIGNAL_STATUS + signal);
    }
}
