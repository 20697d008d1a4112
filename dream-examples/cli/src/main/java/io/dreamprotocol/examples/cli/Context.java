package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.Cancellation;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * What surrounds one run of the command.
 *
 * @param terminal where it writes
 * @param environment the environment variables
 * @param folder the current folder
 * @param interrupt stopped when the user interrupts the run
 * @param guard called when a run begins what must not be cut off, so that from then on an interrupt comes by {@code interrupt}
 */
record Context(
        Terminal terminal, Map<String, String> environment, Path folder, Cancellation interrupt, Runnable guard) {
    /** Copies the variables. */
    Context {
        Objects.requireNonNull(terminal, "terminal");
        environment = Map.copyOf(environment);
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(interrupt, "interrupt");
        Objects.requireNonNull(guard, "guard");
    }

    /** Returns the path that a user means by some text. */
    Path resolve(String text) {
        try {
            return folder.resolve(text);
        } catch (InvalidPathException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION, "Not a usable file name: '" + text + "'; choose another", e);
        }
    }
}
