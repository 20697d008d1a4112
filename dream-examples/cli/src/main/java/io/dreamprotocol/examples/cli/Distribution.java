package io.dreamprotocol.examples.cli;

import io.dreamprotocol.inference.diffusion.model.BundledModels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Lays out the program so that it starts fast: jars without what does not belong to this machine, and beside them what would
 * otherwise be unpacked at each start, native libraries and models.
 *
 * <p>The launcher calls it after a build: {@code Distribution JAR LIBRARIES FOLDER}.
 */
public final class Distribution {
    private static final String ONNX_NATIVE = "ai/onnxruntime/native/";
    private static final String SQLITE_NATIVE = "org/sqlite/native/";
    private static final String MODELS = "io/dreamprotocol/inference/models/";

    private final Path folder;
    private final String onnxPlatform;
    private final String sqlitePlatform;

    private Distribution(Path folder) {
        this.folder = folder;
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        String onnxArch = arm ? "aarch64" : "x64";
        String sqliteArch = arm ? "aarch64" : "x86_64";
        if (system.startsWith("windows")) {
            onnxPlatform = "win-" + onnxArch;
            sqlitePlatform = "Windows/" + sqliteArch;
        } else if (system.startsWith("mac")) {
            onnxPlatform = "osx-" + onnxArch;
            sqlitePlatform = "Mac/" + sqliteArch;
        } else {
            onnxPlatform = "linux-" + onnxArch;
            sqlitePlatform = (Files.exists(Path.of("/lib/ld-musl-" + (arm ? "aarch64" : "x86_64") + ".so.1"))
                            ? "Linux-Musl/"
                            : "Linux/")
                    + sqliteArch;
        }
    }

    /**
     * Lays out the program.
     *
     * @param args the program's jar, the folder of the jars that it needs, and the folder to make
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        new Distribution(Path.of(args[2])).make(Path.of(args[0]), Path.of(args[1]));
    }

    private void make(Path jar, Path libraries) throws IOException {
        Path lib = folder.resolve("lib");
        Files.createDirectories(lib);
        Files.createDirectories(folder.resolve("native"));
        copy(jar, folder.resolve("dream.jar"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(libraries, "*.jar")) {
            for (Path file : files) {
                copy(file, lib.resolve(file.getFileName().toString()));
            }
        }
        BundledModels models = BundledModels.of(Distribution.class.getClassLoader());
        for (String name : models.names()) {
            models.unpack(name, folder.resolve("models"));
        }
    }

    /** Copies a jar without native libraries and models, uncompressed, which reads faster. */
    private void copy(Path from, Path to) throws IOException {
        try (ZipFile jar = new ZipFile(from.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
            out.setMethod(ZipOutputStream.STORED);
            for (Enumeration<? extends ZipEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                String name = entry.getName();
                if (name.startsWith(ONNX_NATIVE)) {
                    unpack(jar, entry, ONNX_NATIVE + onnxPlatform + "/");
                } else if (name.startsWith(SQLITE_NATIVE)) {
                    unpack(jar, entry, SQLITE_NATIVE + sqlitePlatform + "/");
                } else if (!isUnpacked(name)) {
                    store(jar, entry, out);
                }
            }
        }
    }

    /** Models are folders and unpacked; style models are single small files that stay where they are. */
    private static boolean isUnpacked(String name) {
        return name.startsWith(MODELS) && name.indexOf('/', MODELS.length()) > 0;
    }

    private void unpack(ZipFile jar, ZipEntry entry, String platform) throws IOException {
        String file = entry.getName().startsWith(platform) ? entry.getName().substring(platform.length()) : "";
        if (file.isEmpty() || file.contains("/")) {
            return;
        }
        try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, folder.resolve("native").resolve(file));
        }
    }

    private static void store(ZipFile jar, ZipEntry entry, ZipOutputStream out) throws IOException {
        byte[] content;
        try (InputStream in = jar.getInputStream(entry)) {
            content = in.readAllBytes();
        }
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry stored = new ZipEntry(entry.getName());
        stored.setTime(0);
        stored.setSize(content.length);
        stored.setCrc(crc.getValue());
        out.putNextEntry(stored);
        out.write(content);
        out.closeEntry();
    }
}
