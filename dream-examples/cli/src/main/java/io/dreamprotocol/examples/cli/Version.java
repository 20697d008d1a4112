package io.dreamprotocol.examples.cli;

import java.util.Optional;

/** The version of this program. */
final class Version {
    private Version() {}

    static String ofProgram() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
    }
}
