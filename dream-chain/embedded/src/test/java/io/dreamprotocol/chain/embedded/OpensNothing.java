package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.error.DreamException;
import java.nio.file.Path;

/** A process that cannot load SQLite, and prints what comes of it. Arguments: the data folder, a folder that is not there. */
final class OpensNothing {
    private OpensNothing() {}

    public static void main(String[] arguments) {
        System.setProperty("org.sqlite.tmpdir", arguments[1]);
        try (EmbeddedLedger ledger = EmbeddedLedger.open(Path.of(arguments[0]))) {
            System.out.println("opened " + ledger.info().id());
        } catch (DreamException e) {
            System.out.println(e.code() + " " + e.getMessage());
        }
    }
}
