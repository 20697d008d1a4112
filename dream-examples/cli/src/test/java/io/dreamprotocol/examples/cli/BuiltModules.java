package io.dreamprotocol.examples.cli;

import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.LocationProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/** Where the build puts the classes of the project's modules; benchmarks may look behind every border, and are none. */
final class BuiltModules implements LocationProvider {
    @Override
    public Set<Location> get(Class<?> test) {
        Path root = Path.of(System.getProperty("dream.launcher")).getParent();
        Set<Location> locations = new HashSet<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    if (folder.endsWith("target")) {
                        Path classes = folder.resolve("classes/io/dreamprotocol");
                        if (Files.isDirectory(classes)) {
                            locations.add(Location.of(folder.resolve("classes")));
                        }
                        return FileVisitResult.SKIP_SUBTREE;
                    }
                    boolean module = folder.equals(root)
                            || root.relativize(folder).getName(0).toString().startsWith("dream-");
                    return module && !folder.endsWith("src") ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return locations;
    }
}
