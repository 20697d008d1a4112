package io.dreamprotocol.examples.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** One of the commands behind {@code dream}. */
interface Command {
    /** Returns the word that calls it. */
    String name();

    /** Describes its options and help. Called only for the commands that a run needs. */
    CommandSpec spec();

    /** Returns the commands below this one, of which one is to be chosen; none if it does something itself. */
    default List<Command> actions() {
        return List.of();
    }

    /**
     * Runs it.
     *
     * @param arguments what the user gave
     * @param context what surrounds the run
     * @return the exit status
     */
    int run(Arguments arguments, Context context);
}
