package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFolder;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Lists what a folder in the store has. */
final class LsCommand implements Command {
    @Override
    public String name() {
        return "ls";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Lists what is in a stored folder.",
                "Sizes are those of all blocks, as the folder states them.",
                "dream ls CID",
                "dream ls CID/teapots",
                "dream ls CID --json");
        Options.positional(spec, "1", "CID[/PATH]", "the CID, and a path in the folder that it names");
        Options.json(spec);
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        return StoreRun.of(arguments, context, run -> {
            Cid cid = run.find(arguments.positional().getFirst());
            boolean folder = run.isFolder(cid);
            run.json().member("cid", cid.toString()).member("kind", folder ? "folder" : "file");
            if (folder) {
                list(UnixFsFolder.list(cid, run.dags()), run, context);
            } else {
                // So that a blob that is not there is told.
                run.store().open(cid).close();
                run.line("file  " + cid);
            }
        });
    }

    private static void list(List<UnixFsFolder.Entry> entries, StoreRun run, Context context) {
        Table table = new Table("kind", "size", "CID", "name");
        run.json().array("entries");
        for (UnixFsFolder.Entry entry : entries) {
            context.interrupt().throwIfStopped();
            String kind = UnixFsFolder.isFolder(entry.cid(), run.dags()) ? "folder" : "file";
            table.row(kind, ByteSizes.text(entry.totalSize()), entry.cid().toString(), entry.name());
            run.json()
                    .object()
                    .member("name", entry.name())
                    .member("kind", kind)
                    .member("cid", entry.cid().toString())
                    .member("size", entry.totalSize())
                    .end();
        }
        run.json().endArray();
        run.table(table);
    }
}
