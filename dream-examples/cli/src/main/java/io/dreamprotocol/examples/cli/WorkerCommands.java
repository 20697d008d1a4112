package io.dreamprotocol.examples.cli;

import java.util.List;

/** The commands below {@code dream worker}: doing jobs of others for money. */
final class WorkerCommands {
    private WorkerCommands() {}

    static Command all() {
        return new CommandGroup(
                "worker",
                "Does jobs of others for money, and shows how a worker stands.",
                List.of("dream worker run --ask 0.8", "dream worker run --once", "dream worker status"),
                List.of(
                        new WorkerRunCommand(),
                        new WorkerStatusCommand(),
                        new WorkerRegisterCommand(),
                        new WorkerLeaveCommand()));
    }
}
