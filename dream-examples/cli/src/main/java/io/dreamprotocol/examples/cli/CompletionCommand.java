package io.dreamprotocol.examples.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;

/** Writes the script by which shells complete the command's words. */
final class CompletionCommand implements Command {
    @Override
    public String name() {
        return "completion";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                name(),
                "Prints a script that completes this command's words in bash and zsh.",
                "",
                "source <(dream completion)",
                "dream completion > ~/.local/share/bash-completion/completions/dream");
    }

    @Override
    public int run(Arguments arguments, Context context) {
        context.terminal().raw(AutoComplete.bash(Dream.NAME, Dream.commandLine()));
        return ExitStatus.OK;
    }
}
