package io.dreamprotocol.examples.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** The commands below {@code dream model}: style models as the ledger has them. */
final class ModelCommands implements CommandGroup {
    @Override
    public String name() {
        return "model";
    }

    @Override
    public CommandSpec spec() {
        return CommandGroup.describe(
                name(),
                "Registers, finds, sells and earns with style models on the ledger.",
                "dream model register gloss.safetensors --price 0.2",
                "dream model search fox --sort popular",
                "dream model show gloss",
                "dream generate \"a fox <lora:gloss:0.8>\"",
                "dream model earnings gloss");
    }

    @Override
    public List<Command> actions() {
        return List.of(
                new ModelRegisterCommand(),
                new ModelSearchCommand("list"),
                new ModelSearchCommand("search"),
                new ModelShowCommand(),
                new ModelFetchCommand(),
                new ModelPriceCommand(),
                new ModelTransferCommand(),
                new ModelApproveCommand(),
                new ModelLicenseCommand(),
                new ModelEarningsCommand());
    }
}
