package io.dreamprotocol.examples.cli;

import picocli.CommandLine.Model.CommandSpec;

/** One of the commands behind {@code dream}. */
interface Command {
    /** Returns the word that calls it. */
    String name();

    /** Describes its options and help. Called only for the commands that a run needs. */
    CommandSpec spec();

    /**
     * Runs it.
     *
     * @param arguments what the user gave
     * @param context what surrounds the run
     * @return the exit status
     */
    int run(Arguments arguments, Context context);
}
