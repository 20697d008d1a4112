package io.dreamprotocol.core.library;

import io.dreamprotocol.core.storage.SafeNames;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The paths of one model, as far as they can be written below any folder of any system, each as a file of its own. */
final class SafePaths {
    /** The most names of a path. */
    static final int MAX_DEPTH = 16;

    private final Map<String, SafeNames> folders = new HashMap<>();
    private final Set<String> known = new HashSet<>();

    /** Says what is wrong with the first path that is unsafe. */
    static Optional<String> problem(List<String> paths) {
        SafePaths safe = new SafePaths();
        return paths.stream().flatMap(path -> safe.add(path).stream()).findFirst();
    }

    private Optional<String> add(String path) {
        String[] names = path.split("/", -1);
        if (names.length > MAX_DEPTH) {
            return Optional.of("a path is deeper than " + MAX_DEPTH + " folders");
        }
        StringBuilder folder = new StringBuilder();
        for (int i = 0; i < names.length; i++) {
            String above = folder.toString();
            folder.append('/').append(names[i]);
            // A folder may be named again by the next file in it; a file may not.
            if (i < names.length - 1 && known.contains(folder + "/")) {
                continue;
            }
            Optional<String> problem =
                    folders.computeIfAbsent(above, key -> new SafeNames()).add(names[i]);
            if (problem.isPresent()) {
                return problem;
            }
            if (i < names.length - 1) {
                known.add(folder + "/");
            }
        }
        return Optional.empty();
    }
}
