package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.BlockSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.DagStore;
import io.dreamprotocol.core.storage.UnixFsFolder;
import java.io.IOException;

/**
 * One run of a command on the store, which is open while it lasts. What it finds is told to people, or, where they ask for it, to programs as
 * one JSON object, an error included.
 */
final class StoreRun {
    private static final String INTERRUPTED = "Interrupted";

    private final Arguments arguments;
    private final Context context;
    private final BlobStore store;
    private final String address;
    private final Json json;

    private StoreRun(Arguments arguments, Context context, BlobStore store, String address, Json json) {
        this.arguments = arguments;
        this.context = context;
        this.store = store;
        this.address = address;
        this.json = json;
    }

    /** What a command does with the store. */
    @FunctionalInterface
    interface Body {
        void run(StoreRun run) throws IOException;
    }

    /**
     * Opens the store, runs a command's body, and prints what it put into the JSON object if that is wanted.
     *
     * @return the exit status
     */
    @SuppressWarnings("try") // the registration is held for its closing only
    static int of(Arguments arguments, Context context, Body body) {
        boolean asJson = arguments.flag(Options.JSON);
        Json json = new Json();
        json.object();
        context.guard().run();
        Thread working = Thread.currentThread();
        // A call to a server waits, and does not look at the interrupt by itself.
        try (Cancellation.Registration interrupt = context.interrupt().onStop(working::interrupt)) {
            run(arguments, context, json, body);
        } catch (DreamException e) {
            DreamException told = told(e, context);
            if (asJson) {
                context.terminal().raw(failed(told) + "\n");
            }
            throw told;
        } finally {
            context.terminal().clearStatus();
            if (context.interrupt().isStopped()) {
                // What it was for has ended.
                Thread.interrupted();
            }
        }
        if (asJson) {
            context.terminal().raw(json.end() + "\n");
        }
        return ExitStatus.OK;
    }

    private static void run(Arguments arguments, Context context, Json json, Body body) {
        String address = DataFolder.of(arguments, context).storeAddress(arguments, context);
        try (BlobStore store = Backends.openBlobStore(address)) {
            body.run(new StoreRun(arguments, context, store, address, json));
        } catch (IOException e) {
            throw FileErrors.reading("what was asked for", e);
        }
    }

    private static DreamException told(DreamException error, Context context) {
        boolean interrupted =
                error instanceof StoppedException && context.interrupt().isStopped();
        return interrupted && !error.getMessage().startsWith(INTERRUPTED)
                ? new StoppedException(error.code(), INTERRUPTED + "; nothing half-written was left behind", error)
                : error;
    }

    private static Json failed(DreamException error) {
        return new Json()
                .object()
                .object("error")
                .member("code", error.code().id())
                .member("number", error.code().number())
                .member("message", error.getMessage())
                .end()
                .end();
    }

    BlobStore store() {
        return store;
    }

    /** Returns the store as one that has folders and pins. */
    DagStore dags() {
        if (store instanceof DagStore dags) {
            return dags;
        }
        throw new UnsupportedException(
                ErrorCode.UNSUPPORTED, "The store " + address + " has single files only; choose another with --store");
    }

    Json json() {
        return json;
    }

    /** Prints a line of results, unless a program reads them. */
    void line(String text) {
        if (!arguments.flag(Options.JSON)) {
            context.terminal().line(text);
        }
    }

    /** Prints rows of results, unless a program reads them. */
    void table(Table table) {
        if (!arguments.flag(Options.JSON)) {
            table.print(context.terminal());
        }
    }

    ByteProgress progress(String label, long total) {
        return new ByteProgress(context, label, total);
    }

    /** Returns the store's blocks, and counts the bytes of files that are read. */
    BlockSource watched(ByteProgress progress) {
        DagStore dags = dags();
        return cid -> {
            progress.add(0);
            return dags.block(cid).map(block -> {
                progress.add(cid.codec() == Cid.Codec.RAW ? block.length : 0);
                return block;
            });
        };
    }

    /** Finds what a user names by a CID, or by a CID and a path below it. */
    Cid find(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return Cid.parse(text);
        }
        Cid root = Cid.parse(text.substring(0, slash));
        String path = text.substring(slash + 1);
        if (path.isEmpty()) {
            return root;
        }
        return UnixFsFolder.resolve(root, path, dags());
    }

    /** Tells whether a CID names a folder; the blob of a store without folders is none. */
    boolean isFolder(Cid cid) {
        if (cid.codec() == Cid.Codec.DAG_CBOR) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CID, "CID " + cid + " names a DAG-CBOR value, which is neither file nor folder");
        }
        return store instanceof DagStore dags && UnixFsFolder.isFolder(cid, dags);
    }
}
