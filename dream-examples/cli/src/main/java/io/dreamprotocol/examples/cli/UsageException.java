package io.dreamprotocol.examples.cli;

/** The command line is not one that the command understands. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String command;

    /**
     * Creates the error.
     *
     * @param command the command whose help explains more, for example {@code dream generate}
     * @param message what is wrong, in one line
     */
    UsageException(String command, String message) {
        super(message, null, false, false);
        this.command = command;
    }

    String line() {
        return getMessage() + "; see '" + command + " --help'";
    }
}
