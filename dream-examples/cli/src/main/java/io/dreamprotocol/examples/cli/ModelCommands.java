package io.dreamprotocol.examples.cli;

import java.util.List;

/** The commands below {@code dream model}: style models as the ledger has them. */
final class ModelCommands {
    private ModelCommands() {}

    static Command all() {
        return new CommandGroup(
                "model",
                "Registers, finds, sells and earns with style models on the ledger.",
                List.of(
                        "dream model register gloss.safetensors --price 0.2",
                        "dream model search fox --sort popular",
                        "dream model show gloss",
                        "dream generate \"a fox <lora:gloss:0.8>\"",
                        "dream model earnings gloss"),
                List.of(
                        new ModelRegisterCommand(),
                        new ModelSearchCommand("list"),
                        new ModelSearchCommand("search"),
                        new ModelShowCommand(),
                        new ModelFetchCommand(),
                        new ModelPriceCommand(),
                        new ModelTransferCommand(),
                        new ModelApproveCommand(),
                        new ModelLicenseCommand(),
                        new ModelEarningsCommand()));
    }
}
