package io.dreamprotocol.examples.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** The commands below {@code dream worker}: doing jobs of others for money. */
final class WorkerCommands implements CommandGroup {
    @Override
    public String name() {
        return "worker";
    }

    @Override
    public CommandSpec spec() {
        return CommandGroup.describe(
                name(),
                "Does jobs of others for money, and shows how a worker stands.",
                "dream worker run --ask 0.8",
                "dream worker run --once",
                "dream worker status");
    }

    @Override
    public List<Command> actions() {
        return List.of(
                new WorkerRunCommand(),
                new WorkerStatusCommand(),
                new WorkerRegisterCommand(),
                new WorkerLeaveCommand());
    }
}
