package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.StorageException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Where the images of one run go. */
final class ImageTarget {
    private static final int MAX_SLUG = 40;

    private final Path folder;
    private final Optional<String> name;
    private final boolean several;

    private ImageTarget(Path folder, Optional<String> name, boolean several) {
        this.folder = folder;
        this.name = name;
        this.several = several;
    }

    /**
     * Reads where images should go: nothing for names of their own in the current folder, a folder, a file, or a file's name with
     * placeholders.
     *
     * @param out what the user said
     * @param several whether more than one image may come
     */
    static ImageTarget of(Optional<String> out, boolean several, Context context) {
        if (out.isEmpty()) {
            return new ImageTarget(context.folder(), Optional.empty(), several);
        }
        String text = out.get();
        Path path = context.resolve(text);
        if (text.isEmpty() || text.endsWith("/") || text.endsWith(File.separator) || Files.isDirectory(path)) {
            return new ImageTarget(path, Optional.empty(), several);
        }
        return new ImageTarget(context.folder(), out, several);
    }

    /** Checks before anything is paid that images can be written, and makes missing folders. */
    void prepare() {
        Path sample = name.isEmpty() ? folder.resolve("image.png") : folder.resolve(filled(name.get(), "0", "0", 1));
        ImageFile.prepareFolder(sample);
    }

    /**
     * Writes an image.
     *
     * @param image the image
     * @param number its number in this run, from 1
     * @return the file
     */
    Path write(GeneratedImage image, int number) {
        byte[] bytes = image.png().toArray();
        String seed = Long.toString(image.sealed().request().seed());
        String job = image.job().id().value().replace(':', '-');
        try {
            if (name.isEmpty()) {
                return ImageFile.writeBeside(ownName(image.sealed().request().prompt(), seed, job), bytes);
            }
            Path file = folder.resolve(filled(name.get(), seed, job, number));
            if (several && !name.get().contains("{")) {
                file = ImageFile.numbered(file, "-" + number);
            }
            ImageFile.replace(file, out -> out.write(bytes));
            return file;
        } catch (StorageException e) {
            throw kept(image, e);
        }
    }

    /** Writes the sheet of a grid beside its images. */
    Path writeSheet(byte[] bytes) {
        if (name.isEmpty()) {
            return ImageFile.writeBeside(folder.resolve("dream-grid.png"), bytes);
        }
        Path file = ImageFile.numbered(folder.resolve(filled(name.get(), "grid", "grid", 0)), "-grid");
        ImageFile.replace(file, out -> out.write(bytes));
        return file;
    }

    private static DreamException kept(GeneratedImage image, StorageException e) {
        String message = e.getMessage() + ". The image is paid and kept; fetch it with: dream get " + image.cid()
                + " --out FILE";
        return new StorageException(e.code(), message, e);
    }

    private static String filled(String pattern, String seed, String job, int number) {
        return pattern.replace("{seed}", seed).replace("{job}", job).replace("{n}", Integer.toString(number));
    }

    private Path ownName(String prompt, String seed, String job) {
        String slug = slug(prompt);
        try {
            return folder.resolve("dream-" + (slug.isEmpty() ? job : slug) + "-" + seed + ".png");
        } catch (InvalidPathException e) {
            // The file system's encoding lacks a letter of the prompt.
            return folder.resolve("dream-" + job + "-" + seed + ".png");
        }
    }

    /** Returns the letters and digits of the first words of a prompt, joined by dashes. */
    private static String slug(String prompt) {
        StringBuilder slug = new StringBuilder();
        int letters = 0;
        boolean gap = false;
        for (int i = 0; i < prompt.length() && letters < MAX_SLUG; ) {
            int letter = prompt.codePointAt(i);
            i += Character.charCount(letter);
            if (!Character.isLetterOrDigit(letter)) {
                gap = letters > 0;
                continue;
            }
            if (gap) {
                slug.append('-');
                letters++;
                gap = false;
            }
            slug.appendCodePoint(Character.toLowerCase(letter));
            letters++;
        }
        return slug.toString();
    }
}
