package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** Stores a file or a folder. */
final class PutCommand implements Command {
    @Override
    public String name() {
        return "put";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Stores a file or a folder, pins it and prints its CID.",
                "The CID is the one that 'ipfs add --cid-version=1 --recursive --hidden' gives.",
                "dream put fox.png",
                "dream put ./teapots",
                "dream put fox.png --store ipfs:http://127.0.0.1:5001",
                "dream put fox.png --json");
        Options.positional(spec, "1", "FILE|DIR", "the file or folder");
        Options.json(spec);
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        String name = arguments.positional().getFirst();
        Path path = context.resolve(name);
        boolean folder = Files.isDirectory(path);
        if (!folder && !Files.exists(path)) {
            throw arguments.usage("There is no file or folder " + PrintableText.oneLine(name));
        }
        return StoreRun.of(arguments, context, run -> {
            try (ByteProgress progress = run.progress("storing", folder ? ModelList.size(path) : Files.size(path))) {
                Cid cid = folder
                        ? run.dags().putFolder(path, bytes -> progress.add(bytes - progress.counted()))
                        : putFile(name, run, progress, arguments, context);
                run.line(cid.toString());
                run.json()
                        .member("cid", cid.toString())
                        .member("kind", folder ? "folder" : "file")
                        .member("bytes", progress.counted());
            } catch (IOException e) {
                throw FileErrors.reading(name, e);
            }
        });
    }

    private static Cid putFile(String name, StoreRun run, ByteProgress progress, Arguments arguments, Context context)
            throws IOException {
        try (InputStream in = InputFile.open(name, arguments, context)) {
            Cid cid = run.store().put(progress.watch(in));
            run.store().keep(cid);
            return cid;
        }
    }
}
