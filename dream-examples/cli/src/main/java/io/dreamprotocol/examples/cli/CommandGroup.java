package io.dreamprotocol.examples.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Several commands below one word, such as {@code dream round start} and {@code dream round pledge}. */
final class CommandGroup implements Command {
    private final String name;
    private final String summary;
    private final List<String> examples;
    private final List<Command> actions;

    CommandGroup(String name, String summary, List<String> examples, List<Command> actions) {
        this.name = name;
        this.summary = summary;
        this.examples = List.copyOf(examples);
        this.actions = List.copyOf(actions);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(name, summary, "", examples.toArray(String[]::new));
        spec.addOption(OptionSpec.builder("-h", Options.HELP)
                .type(boolean.class)
                .usageHelp(true)
                .description("show this help")
                .build());
        return spec;
    }

    @Override
    public List<Command> actions() {
        return actions;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        throw new IllegalStateException("One of the commands below " + name + " is run, never it itself");
    }
}
