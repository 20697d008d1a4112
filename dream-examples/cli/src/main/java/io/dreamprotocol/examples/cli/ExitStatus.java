package io.dreamprotocol.examples.cli;

/**
 * The exit statuses besides those of the protocol's errors, which lie between 10 and 119. The launcher has two of its own: 3 if
 * there is no Java, 4 if the build fails.
 */
final class ExitStatus {
    static final int OK = 0;
    static final int UNEXPECTED = 1;
    static final int USAGE = 2;

    /** What a shell reports of a program that ends by an interrupt: 128 and the signal's number. */
    static final int INTERRUPTED = 130;

    private ExitStatus() {}
}
