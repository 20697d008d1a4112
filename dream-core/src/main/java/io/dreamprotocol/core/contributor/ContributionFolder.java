package io.dreamprotocol.core.contributor;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads contributions from a folder of training images: each image counts one for its contributor, or what a mapping says.
 *
 * <p>Images are told by their names' endings ({@code .png .jpg .jpeg .webp .gif .bmp .tif .tiff .avif}); everything else, such as
 * captions, and hidden files and folders, is passed over. Symbolic links are refused. The same image, byte for byte, counts once
 * for one contributor, and is refused under two.
 */
public final class ContributionFolder {
    /** The most images: ten million. */
    public static final int MAX_IMAGES = 10_000_000;

    /** The deepest folder below the one that is read: 16. */
    public static final int MAX_DEPTH = 16;

    private static final List<String> ENDINGS =
            List.of(".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif");

    private final Path folder;
    private final ContributionList.Builder builder = ContributionList.builder();
    private final Map<Bytes, AccountId> seen = new HashMap<>();

    private ContributionFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads a folder with one sub-folder for each contributor, named by the account; where a name may have no colon, a dash or an
     * underscore stands for it.
     *
     * @param folder the folder
     * @return the list
     * @throws IOException if reading fails
     * @throws InvalidInputException with {@code invalid-contributions}, naming the file, if a sub-folder's name is no account,
     *     an image lies outside of them or under two of them, or there is no image
     */
    public static ContributionList read(Path folder) throws IOException {
        ContributionFolder reader = new ContributionFolder(folder);
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                if (isHidden(child)) {
                    continue;
                }
                if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    AccountId account = accountOf(child);
                    reader.walk(child, image -> reader.add(image, account, 1));
                } else if (isImage(child)) {
                    throw wrong("Image " + child + " lies in no contributor's folder; move it into one");
                }
            }
        }
        return reader.builder.build();
    }

    /**
     * Reads a folder whose images a file assigns to their contributors.
     *
     * @param folder the folder
     * @param mapping comma-separated values as {@link ContributionCsv} reads them, {@code image,account} or {@code
     *     image,account,weight}, where an image is its path below the folder with forward slashes; read to the end, not closed
     * @return the list
     * @throws IOException if reading fails
     * @throws InvalidInputException with {@code invalid-contributions} if a row is wrong, names no image of the folder or one
     *     that was named before, or if an image is in no row
     */
    public static ContributionList read(Path folder, InputStream mapping) throws IOException {
        ContributionFolder reader = new ContributionFolder(folder);
        Set<String> images = new HashSet<>();
        reader.walk(folder, image -> images.add(reader.pathOf(image)));
        Map<String, Row> rows = new HashMap<>();
        ContributionCsv.forEach(mapping, (image, account, weight, at) -> {
            String path =
                    image.orElseThrow(() -> at.wrong("it names no image; the columns are image,account[,weight]"));
            if (!images.contains(path)) {
                throw at.wrong("the folder has no such image");
            }
            if (rows.put(path, new Row(account, weight)) != null) {
                throw at.wrong("the image was named before");
            }
        });
        for (String image : images) {
            Row row = rows.get(image);
            if (row == null) {
                throw wrong("Image " + image + " is in no row of the mapping; add it or take it out of the folder");
            }
            reader.add(folder.resolve(image), row.account, row.weight);
        }
        return reader.builder.build();
    }

    private record Row(AccountId account, long weight) {}

    @FunctionalInterface
    private interface ImageVisitor {
        void visit(Path image) throws IOException;
    }

    private void walk(Path top, ImageVisitor visitor) throws IOException {
        Files.walkFileTree(top, Set.of(), MAX_DEPTH + 1, new SimpleFileVisitor<>() {
            private int images;

            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return isHidden(directory) && !directory.equals(top)
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (isHidden(file)) {
                    return FileVisitResult.CONTINUE;
                }
                if (attributes.isSymbolicLink()) {
                    throw wrong(file + " is a symbolic link; put the file itself there");
                }
                if (attributes.isDirectory()) {
                    throw wrong("Folder " + file + " lies deeper than " + MAX_DEPTH + " folders");
                }
                if (isImage(file)) {
                    if (++images > MAX_IMAGES) {
                        throw wrong("There are more than " + MAX_IMAGES + " images in " + folder);
                    }
                    visitor.visit(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void add(Path image, AccountId account, long weight) throws IOException {
        Bytes digest = digestOf(image);
        AccountId before = seen.putIfAbsent(digest, account);
        if (before == null) {
            builder.add(account, weight);
        } else if (!before.equals(account)) {
            throw wrong("Image " + image + " is there twice, of " + before.abbreviated() + " and of "
                    + account.abbreviated() + "; keep the one of whose it is");
        }
    }

    private static Bytes digestOf(Path file) throws IOException {
        MessageDigest digest = Bytes.newSha256();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return Bytes.of(digest.digest());
    }

    private String pathOf(Path image) {
        return folder.relativize(image).toString().replace('\\', '/');
    }

    private static AccountId accountOf(Path child) {
        String name = nameOf(child);
        String text = name.contains(":") ? name : name.replaceFirst("[-_]", ":");
        return ContributionCsv.accountOf(text)
                .orElseThrow(() -> wrong("Folder " + child
                        + " is not named by an account; write for example ed25519- and the 64 digits of its key"));
    }

    private static boolean isHidden(Path path) {
        return nameOf(path).startsWith(".");
    }

    private static boolean isImage(Path path) {
        String name = nameOf(path).toLowerCase(Locale.ROOT);
        return ENDINGS.stream().anyMatch(name::endsWith);
    }

    private static String nameOf(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }

    private static InvalidInputException wrong(String message) {
        return new InvalidInputException(ErrorCode.INVALID_CONTRIBUTIONS, message);
    }
}
