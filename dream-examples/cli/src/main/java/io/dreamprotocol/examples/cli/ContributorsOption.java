package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.contributor.ContributionCsv;
import io.dreamprotocol.core.contributor.ContributionFolder;
import io.dreamprotocol.core.contributor.ContributionList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** The option that names a list of contributors: comma-separated values, or a folder with a sub-folder of images for each. */
final class ContributorsOption {
    static final String NAME = "--contributors";

    private ContributorsOption() {}

    static void describe(CommandSpec spec, String what) {
        Options.text(
                spec,
                NAME,
                "CSV|DIR",
                what
                        + ": lines of account,weight or image,account[,weight], or a folder with one sub-folder of"
                        + " images for each account");
    }

    static boolean isGiven(Arguments arguments) {
        return arguments.text(NAME).isPresent();
    }

    /** Reads the list that the option names, if it is given. */
    static Optional<ContributionList> read(MarketRun run) {
        Optional<String> named = run.arguments().text(NAME);
        if (named.isEmpty()) {
            return Optional.empty();
        }
        Path path = run.context().resolve(named.get());
        try {
            if (Files.isDirectory(path)) {
                return Optional.of(ContributionFolder.read(path));
            }
            try (InputStream in = InputFile.open(named.get(), run.arguments(), run.context())) {
                return Optional.of(ContributionCsv.read(in));
            }
        } catch (IOException e) {
            throw FileErrors.reading(named.get(), e);
        }
    }
}
