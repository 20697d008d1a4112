package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.weights.WebUiHashes;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The models and style models that a data folder keeps by name. Each appears whole or not at all.
 *
 * @param path the folder; made when the first is kept
 */
record ModelStore(Path path) {
    /** The longest name. */
    static final int MAX_NAME = 96;

    /** The folder of the style models. */
    static final String STYLES = "styles";

    private static final String STYLE_ENDING = ".safetensors";

    /** Words with another meaning where a model may be named. */
    private static final Set<String> RESERVED = Set.of(STYLES, "add", "pull", "remove", "publish", "fetch");

    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0," + (MAX_NAME - 2) + "}[A-Za-z0-9_-])?");

    /** Finds the folder of a model by its name. */
    Optional<Path> find(String name) {
        return isName(name) ? Optional.of(path.resolve(name)).filter(Files::isDirectory) : Optional.empty();
    }

    /** Lists the folders of the models, in the order of their names. */
    List<Path> models() {
        return list(path).stream()
                .filter(folder -> isName(folder.getFileName().toString()) && Files.isDirectory(folder))
                .toList();
    }

    /** Lists the files of the style models, in the order of their names. */
    List<Path> styles() {
        return list(path.resolve(STYLES)).stream()
                .filter(file -> !file.getFileName().toString().startsWith(".")
                        && file.getFileName().toString().endsWith(STYLE_ENDING))
                .toList();
    }

    /** Finds the file of a style model by its name. */
    Optional<Path> findStyle(String name) {
        return styles().stream().filter(file -> styleName(file).equals(name)).findFirst();
    }

    /** Removes a model's folder or a style model's file; whoever has it open may go on. */
    void remove(Path kept) {
        Path draft = path.resolve("." + kept.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            // First out of sight as a whole, then bit by bit.
            Files.move(kept, draft, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw FileErrors.writing("the model " + kept, e);
        }
        FileCopy.delete(draft);
    }

    /** Returns the name of a style model's file: that without the folder and the ending. */
    static String styleName(Path file) {
        Path last = file.getFileName();
        String name = last == null ? "" : last.toString();
        return name.toLowerCase(Locale.ROOT).endsWith(STYLE_ENDING)
                ? name.substring(0, name.length() - STYLE_ENDING.length())
                : name;
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw FileErrors.reading(folder.toString(), e);
        }
    }

    private static boolean isName(String name) {
        return NAME.matcher(name).matches() && !RESERVED.contains(name.toLowerCase(Locale.ROOT));
    }

    /**
     * Refuses what cannot be a name.
     *
     * @param name the name wanted
     * @param taken the names that mean other models already
     */
    static void requireName(String name, List<String> taken) {
        if (!isName(name)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "Not a usable name of a model: '" + PrintableText.oneLine(name, MAX_NAME)
                            + "'; choose one of letters, digits, '.', '_' and '-' with --name, other than "
                            + String.join(", ", RESERVED.stream().sorted().toList()));
        }
        if (taken.contains(name)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "The name " + name + " means a model that comes with the program; choose another with --name");
        }
    }

    /**
     * Keeps a model. The same model under the same name already is as good.
     *
     * @param name its name
     * @param model its folder
     * @param source what to note of where it came from
     * @param interrupt ends the copying
     * @return whether it is new
     */
    boolean keep(String name, ModelFolder model, ModelSource source, Cancellation interrupt) {
        Path target = path.resolve(name);
        if (holdsSame(target, model)) {
            return false;
        }
        Path draft = path.resolve("." + name + "." + UUID.randomUUID() + ".tmp");
        try {
            lay(model, draft, interrupt);
            source.writeTo(draft);
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException e) {
            if (!(e instanceof AtomicMoveNotSupportedException) && holdsSame(target, model)) {
                // Another process was faster.
                return false;
            }
            throw FileErrors.writing("the model " + target, e);
        } finally {
            FileCopy.delete(draft);
        }
    }

    /** Lays out a model's files, and those beside them that are worth keeping, in a new folder. */
    static void lay(ModelFolder model, Path draft, Cancellation interrupt) throws IOException {
        Files.createDirectories(draft);
        for (ModelFile file : model.files()) {
            FileCopy.of(model.root().resolve(file.path()), draft.resolve(file.path()), interrupt)
                    .requireDigest(file.sha256());
        }
        for (String other : others(model.root())) {
            FileCopy.of(model.root().resolve(other), draft.resolve(other), interrupt);
        }
    }

    /** The files beside those that determine the images: the safety checker, the card and the licence. */
    private static List<String> others(Path root) throws IOException {
        List<String> others = new ArrayList<>();
        for (String folder : List.of("", "safety_checker/")) {
            Path place = root.resolve(folder);
            if (!Files.isDirectory(place)) {
                continue;
            }
            try (Stream<Path> files = Files.list(place)) {
                files.filter(Files::isRegularFile)
                        .map(file -> file.getFileName().toString())
                        .filter(file -> folder.isEmpty() ? isText(file) : isPartOfNetwork(file))
                        .forEach(file -> others.add(folder + file));
            }
        }
        return others;
    }

    private static boolean isText(String file) {
        return file.equals(ModelCardFile.NAME) || file.matches("(?i)licen[sc]e(\\.(md|txt))?");
    }

    private static boolean isPartOfNetwork(String file) {
        return file.equals("config.json") || file.startsWith("model.onnx") || file.equals("weights.pb");
    }

    /**
     * Tells whether a model is kept already.
     *
     * @throws InvalidInputException if something else has its name
     */
    private static boolean holdsSame(Path target, ModelFolder model) {
        if (!Files.exists(target)) {
            return false;
        }
        if (Files.isRegularFile(target.resolve("model_index.json"))
                && ModelFolder.open(target).files().equals(model.files())) {
            return true;
        }
        throw taken("model", target);
    }

    /**
     * Keeps a style model. The same file under the same name already is as good.
     *
     * @param name its name
     * @param file the file
     * @param sha256 the file's digest, in hexadecimal digits
     * @param interrupt ends the copying
     * @return whether it is new
     */
    boolean keepStyle(String name, Path file, String sha256, Cancellation interrupt) {
        Path target = style(name);
        Path draft = target.resolveSibling("." + name + "." + UUID.randomUUID() + ".tmp");
        try {
            if (holdsSame(target, sha256)) {
                return false;
            }
            Files.createDirectories(path.resolve(STYLES));
            FileCopy.of(file, draft, interrupt);
            if (!WebUiHashes.of(draft).sha256().equals(sha256)) {
                throw FileCopy.changed(file);
            }
            try {
                Files.createLink(target, draft);
            } catch (UnsupportedOperationException e) {
                Files.move(draft, target);
            }
            return true;
        } catch (FileAlreadyExistsException e) {
            return !holdsSame(target, sha256);
        } catch (IOException e) {
            throw FileErrors.writing("the style model " + target, e);
        } finally {
            FileCopy.delete(draft);
        }
    }

    /** Returns the file of a style model, whether it is there or not. */
    Path style(String name) {
        return path.resolve(STYLES).resolve(name + STYLE_ENDING);
    }

    private static boolean holdsSame(Path target, String sha256) {
        if (!Files.exists(target)) {
            return false;
        }
        if (WebUiHashes.of(target).sha256().equals(sha256)) {
            return true;
        }
        throw taken("style model", target);
    }

    private static InvalidInputException taken(String kind, Path target) {
        return new InvalidInputException(
                ErrorCode.INVALID_REQUEST,
                "There is another " + kind + " with this name: " + target
                        + "; choose another name with --name, or delete that one");
    }
}
