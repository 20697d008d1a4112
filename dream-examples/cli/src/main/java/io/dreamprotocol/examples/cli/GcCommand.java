package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.storage.DagStore;
import picocli.CommandLine.Model.CommandSpec;

/** Frees what nothing keeps. */
final class GcCommand implements Command {
    private static final String DRY_RUN = "--dry-run";

    @Override
    public String name() {
        return "gc";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Frees the blocks in the store that no pin keeps.",
                "Images, requests and receipts are pinned when they are made, as is what 'put' stores. The embedded store"
                        + " spares what is younger than ten minutes; Kubo does not. What is freed from stores behind"
                        + " another is for their owners to say.",
                "dream gc --dry-run",
                "dream gc",
                "dream gc --json");
        Options.flag(spec, DRY_RUN, "only say what would be freed");
        Options.json(spec);
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        return StoreRun.of(arguments, context, run -> {
            context.terminal().status("looking for what nothing keeps");
            DagStore.Garbage found = run.dags().findGarbage();
            context.terminal().clearStatus();
            if (arguments.flag(DRY_RUN)) {
                run.line("would free " + text(found));
                run.json()
                        .member("dryRun", true)
                        .member("blocks", found.blocks())
                        .member("bytes", found.bytes());
                return;
            }
            if (found.blocks() == 0) {
                run.line("nothing to free");
                run.json().member("dryRun", false).member("blocks", 0).member("bytes", 0);
                return;
            }
            if (!arguments.flag(Options.JSON)) {
                context.terminal().error("freeing " + text(found));
            }
            DagStore.Garbage freed = run.dags().collectGarbage(blocks -> {
                context.interrupt().throwIfStopped();
                context.terminal().status("freed " + blocks + " of " + found.blocks() + " blocks");
            });
            context.terminal().clearStatus();
            run.line("freed " + text(freed));
            run.json().member("dryRun", false).member("blocks", freed.blocks()).member("bytes", freed.bytes());
        });
    }

    private static String text(DagStore.Garbage garbage) {
        return garbage.blocks() + (garbage.blocks() == 1 ? " block, " : " blocks, ") + ByteSizes.text(garbage.bytes());
    }
}
