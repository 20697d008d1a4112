package io.dreamprotocol.examples.cli;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

/** Assigns each class to its module, whose name begins its package: {@code core}, or {@code storage.embedded}. */
final class Modules implements SliceAssignment {
    private static final String ROOT = "io.dreamprotocol.";

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
        if (!type.getPackageName().startsWith(ROOT)) {
            return SliceIdentifier.ignore();
        }
        String[] parts = type.getPackageName().substring(ROOT.length()).split("\\.", -1);
        return parts[0].equals("core") || parts.length == 1
                ? SliceIdentifier.of(parts[0])
                : SliceIdentifier.of(parts[0] + "." + parts[1]);
    }

    @Override
    public String getDescription() {
        return "modules";
    }
}
