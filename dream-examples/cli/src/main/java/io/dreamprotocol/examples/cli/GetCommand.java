package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Fetches a blob. */
final class GetCommand implements Command {
    private static final int BUFFER = 1 << 16;

    @Override
    public String name() {
        return "get";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Fetches what is stored under a CID.",
                "Each block is checked against its CID before it is written.",
                "dream get CID --out fox.png",
                "dream get CID > fox.png");
        Options.positional(spec, "1", "CID", "the CID, version 1 in base32");
        Options.text(spec, Options.OUT, "FILE", "the file, written whole or not at all (default: standard output)");
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        Cid cid = Cid.parse(arguments.positional().getFirst());
        Optional<String> out = arguments.text(Options.OUT);
        Terminal terminal = context.terminal();
        if (out.isEmpty() && terminal.abilities().outIsTerminal()) {
            throw arguments.usage("A terminal cannot show bytes; name a file with " + Options.OUT);
        }
        String address = DataFolder.of(arguments, context).storeAddress(arguments);
        try (BlobStore blobs = Backends.openBlobStore(address);
                InputStream in = blobs.open(cid)) {
            if (out.isEmpty()) {
                copy(in, terminal);
            } else {
                Path file = context.resolve(out.get());
                ImageFile.replace(file, in::transferTo);
                terminal.line(file.toString());
            }
        } catch (IOException e) {
            throw FileErrors.reading("the blob " + cid, e);
        }
        return ExitStatus.OK;
    }

    private static void copy(InputStream in, Terminal terminal) throws IOException {
        byte[] buffer = new byte[BUFFER];
        while (!terminal.isReaderGone() && terminal.failure().isEmpty()) {
            int count = in.read(buffer);
            if (count < 0) {
                return;
            }
            terminal.bytes(buffer, count);
        }
    }
}
