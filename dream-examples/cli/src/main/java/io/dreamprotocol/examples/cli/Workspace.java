package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.storage.BlobStore;

/**
 * The ledger and the store of one run.
 *
 * @param data the data folder
 * @param ledger the ledger
 * @param blobs the store
 * @param local whether the ledger is an embedded one, whose coins are made here and count only here
 */
record Workspace(DataFolder data, Ledger ledger, BlobStore blobs, boolean local) implements AutoCloseable {
    static Workspace open(Arguments arguments, Context context) {
        DataFolder data = DataFolder.of(arguments, context);
        String address = data.ledgerAddress(arguments, context);
        Ledger ledger = Backends.openLedger(address);
        try {
            BlobStore blobs = Backends.openBlobStore(data.storeAddress(arguments, context));
            return new Workspace(data, ledger, blobs, address.startsWith("embedded:"));
        } catch (RuntimeException | Error e) {
            ledger.close();
            throw e;
        }
    }

    @Override
    public void close() {
        try (ledger;
                blobs) {
            // Both are closed, whatever the other does.
            return;
        }
    }
}
