package io.dreamprotocol.examples.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Several commands below one word, such as {@code dream round start} and {@code dream round pledge}. */
interface CommandGroup extends Command {
    @Override
    List<Command> actions();

    @Override
    default int run(Arguments arguments, Context context) {
        throw new IllegalStateException("One of the commands below " + name() + " is run, never it itself");
    }

    /** Describes the word, which has no options but that for help: an option here would be taken and then forgotten. */
    static CommandSpec describe(String name, String summary, String... examples) {
        CommandSpec spec = Options.command(name, summary, "", examples);
        spec.addOption(OptionSpec.builder("-h", Options.HELP)
                .type(boolean.class)
                .usageHelp(true)
                .description("show this help")
                .build());
        return spec;
    }
}
