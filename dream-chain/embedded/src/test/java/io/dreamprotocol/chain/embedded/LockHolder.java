package io.dreamprotocol.chain.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A process that begins to write to a ledger and never comes to an end. Argument: the database file. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) {
        try (Database database = Database.open(Path.of(arguments[0]), Duration.ofSeconds(10))) {
            database.write(() -> {
                System.out.println("locked");
                try {
                    // Ends when the parent closes the pipe, if it is not killed before.
                    return System.in.read();
                } catch (IOException e) {
                    return -1;
                }
            });
        }
    }
}
