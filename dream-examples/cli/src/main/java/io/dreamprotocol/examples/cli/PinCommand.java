package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.storage.Cid;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Says what garbage collection spares. */
final class PinCommand implements Command {
    private static final String ADD = "add";
    private static final String REMOVE = "rm";
    private static final String LIST = "ls";

    @Override
    public String name() {
        return "pin";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Pins what garbage collection must spare, unpins it, or lists what is pinned.",
                "A pin keeps a file or folder with all that is in it. In a store with others behind it, 'add' fetches"
                        + " what is not here and has it kept behind as well, and 'rm' takes that back.",
                "dream pin add CID",
                "dream pin rm CID",
                "dream pin ls");
        Options.verbs(
                spec, List.of(ADD, REMOVE, LIST), "add CID... | rm CID... | ls", "what to do, and with which CIDs");
        Options.json(spec);
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        List<String> words = arguments.positional();
        String verb = words.getFirst();
        List<String> named = words.subList(1, words.size());
        boolean list = verb.equals(LIST);
        if ((!list && !verb.equals(ADD) && !verb.equals(REMOVE)) || list != named.isEmpty()) {
            throw arguments.usage("Write 'dream pin add CID', 'dream pin rm CID' or 'dream pin ls'");
        }
        return StoreRun.of(arguments, context, run -> {
            List<Cid> cids =
                    list ? run.dags().pins() : named.stream().map(run::find).toList();
            run.json().array("pins");
            for (Cid cid : cids) {
                context.interrupt().throwIfStopped();
                if (verb.equals(ADD)) {
                    context.terminal().status("pinning " + cid);
                    run.dags().pin(cid);
                } else if (verb.equals(REMOVE)) {
                    run.dags().unpin(cid);
                }
                run.line(cid.toString());
                run.json().element(cid.toString());
            }
            run.json().endArray();
        });
    }
}
