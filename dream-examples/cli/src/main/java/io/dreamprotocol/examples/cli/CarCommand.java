package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.Dag;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Moves files and folders from store to store as CARs. */
final class CarCommand implements Command {
    private static final String EXPORT = "export";
    private static final String IMPORT = "import";
    private static final int BUFFER = 1 << 16;

    @Override
    public String name() {
        return "car";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Writes a file or folder with all its blocks into a CAR, or stores one.",
                "A CAR (version 1) moves blobs between stores, with 'ipfs dag import' and 'ipfs dag export' too, and keeps"
                        + " their CIDs. What is imported is checked block by block, and pinned.",
                "dream car export CID fox.car",
                "dream car import fox.car",
                "dream car import fox.car --store ipfs:http://127.0.0.1:5001");
        Options.verbs(spec, List.of(EXPORT, IMPORT), "export CID FILE | import FILE", "what to do, and with what");
        Options.json(spec);
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        List<String> words = arguments.positional();
        if (words.size() == 3 && words.getFirst().equals(EXPORT)) {
            Path file = context.resolve(words.get(2));
            return StoreRun.of(arguments, context, run -> export(run.find(words.get(1)), file, run));
        }
        if (words.size() == 2 && words.getFirst().equals(IMPORT)) {
            return importing(words.get(1), arguments, context);
        }
        throw arguments.usage("Write 'dream car export CID FILE' or 'dream car import FILE'");
    }

    private static void export(Cid cid, Path file, StoreRun run) throws IOException {
        run.bringHere(cid);
        try (ByteProgress progress = run.progress("exporting", 0)) {
            ImageFile.replace(file, out -> {
                OutputStream buffered = new BufferedOutputStream(out, BUFFER);
                Dag.writeCar(cid, run.watched(progress), buffered);
                buffered.flush();
            });
            run.line(file.toString());
            run.json()
                    .member("cid", cid.toString())
                    .member("path", file.toString())
                    .member("bytes", Files.size(file));
        }
    }

    private static int importing(String name, Arguments arguments, Context context) {
        try (InputStream in = InputFile.open(name, arguments, context)) {
            return StoreRun.of(arguments, context, run -> {
                try (ByteProgress progress = run.progress("importing", Files.size(context.resolve(name)))) {
                    Cid cid = run.dags().importCar(new BufferedInputStream(progress.watch(in), BUFFER));
                    run.line(cid.toString());
                    run.json().member("cid", cid.toString()).member("bytes", progress.counted());
                }
            });
        } catch (IOException e) {
            throw FileErrors.reading(name, e);
        }
    }
}
