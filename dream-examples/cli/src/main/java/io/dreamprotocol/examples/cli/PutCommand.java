package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.storage.BlobStore;
import java.io.IOException;
import java.io.InputStream;
import picocli.CommandLine.Model.CommandSpec;

/** Stores a file. */
final class PutCommand implements Command {
    @Override
    public String name() {
        return "put";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Stores a file and prints its CID.",
                "The CID is the one that 'ipfs add --cid-version=1' gives.",
                "dream put fox.png");
        Options.positional(spec, "1", "FILE", "the file");
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        String name = arguments.positional().getFirst();
        String address = DataFolder.of(arguments, context).storeAddress(arguments);
        try (InputStream in = InputFile.open(name, arguments, context);
                BlobStore blobs = Backends.openBlobStore(address)) {
            context.terminal().line(blobs.put(in).toString());
        } catch (IOException e) {
            throw FileErrors.reading(name, e);
        }
        return ExitStatus.OK;
    }
}
