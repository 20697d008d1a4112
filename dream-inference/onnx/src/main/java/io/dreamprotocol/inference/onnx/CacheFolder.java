package io.dreamprotocol.inference.onnx;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where this user's programs keep what they can make again. */
final class CacheFolder {
    private static final String NAME = "dream-protocol";

    private CacheFolder() {}

    /** The folder for copies of models, as each operating system's conventions have it. */
    static Path ofUser() {
        return of(System.getProperty("os.name"), System.getProperty("user.home"), System::getenv);
    }

    static Path of(String system, String home, Environment environment) {
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("windows")) {
            return child(environment.get("LOCALAPPDATA"), Path.of(home, "AppData", "Local"));
        }
        if (name.startsWith("mac")) {
            return child(null, Path.of(home, "Library", "Caches"));
        }
        return child(environment.get("XDG_CACHE_HOME"), Path.of(home, ".cache"));
    }

    private static Path child(@Nullable String configured, Path absent) {
        Path base = configured == null || configured.isBlank() ? absent : Path.of(configured);
        return base.resolve(NAME).resolve("models");
    }

    /** The environment's variables. */
    @FunctionalInterface
    interface Environment {
        /** The value of a variable, or null. */
        @Nullable
        String get(String name);
    }
}
