package io.dreamprotocol.storage.ipfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.storage.UnixFsFolder;
import io.dreamprotocol.core.storage.UnixFsOptions;
import io.dreamprotocol.storage.testkit.SampleStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Names files up to 1 GiB and folders as a real node does, and as the golden table says that it does. */
class CidsIT {
    private static final Path GOLDEN =
            Path.of(Objects.requireNonNull(System.getProperty("dream.golden"), "dream.golden"), "cids");
    private static final List<String> KEYS = List.of("v0", "v0 raw", "v1", "v1 raw");

    @TempDir
    private static Path folder;

    private static Kubo kubo;

    @BeforeAll
    static void startKubo() throws Exception {
        kubo = Kubo.start(folder.resolve("repository"));
    }

    @AfterAll
    static void stopKubo() {
        if (kubo != null) {
            kubo.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> filesHaveTheSameCids() throws IOException {
        return entries("options.json", "files")
                .flatMap(file -> KEYS.stream()
                        .map(key -> DynamicTest.dynamicTest(
                                number(file, "size") + " bytes in chunks of " + number(file, "chunk") + ", " + key,
                                () -> {
                                    long size = number(file, "size");
                                    UnixFsOptions options = options(key, (int) number(file, "chunk"));
                                    Cid cid = UnixFsFile.write(new SampleStream(size), options, (part, block) -> {});
                                    assertThat(options.textOf(cid))
                                            .isEqualTo(kubo.run(new SampleStream(size), add(options, "--only-hash"))
                                                    .getLast())
                                            .isEqualTo(file.get(key));
                                })));
    }

    @TestFactory
    Stream<DynamicTest> foldersHaveTheSameCidsAndReadBack() throws IOException {
        return entries("directories.json", "directories")
                .map(directory -> DynamicTest.dynamicTest((String) directory.get("name"), () -> {
                    Path root = create(
                            directory,
                            folder.resolve("folder " + directory.get("name").hashCode()));
                    for (String key : KEYS) {
                        UnixFsOptions options = options(key, UnixFsFile.CHUNK_BYTES);
                        String named = kubo.run(add(options, "--recursive", "--hidden", root.toString()))
                                .getLast();
                        assertThat(named).isEqualTo(directory.get(key));
                        if (!((List<?>) directory.get("spread")).contains(key)) {
                            assertThat(options.textOf(UnixFsFolder.write(root, options, (part, block) -> {})))
                                    .isEqualTo(named);
                        }
                        readBack(named, root);
                    }
                }));
    }

    @Test
    void namesInASpreadFolderAreFound() throws Exception {
        Path root = Files.createDirectory(folder.resolve("spread"));
        for (int i = 0; i < 7_000; i++) {
            Files.writeString(root.resolve("entry " + i), Integer.toString(i));
        }
        Cid cid = Cid.parse(kubo.run("add", "--recursive", "--quieter", "--cid-version=1", root.toString())
                .getLast());
        try (KuboClient client = kubo.client()) {
            for (int i : new int[] {0, 1, 4_321, 6_999}) {
                assertThat(UnixFsFolder.resolve(cid, "entry " + i, client))
                        .isEqualTo(UnixFsFile.cidOf(Integer.toString(i).getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    private static void readBack(String cid, Path expected) throws IOException {
        Path extracted = Files.createTempDirectory(folder, "extracted").resolve("root");
        try (KuboClient client = kubo.client()) {
            UnixFsFolder.extract(Cid.parse(cid), extracted, 10_000_000, client);
        }
        assertThat(content(extracted)).isEqualTo(content(expected));
    }

    private static List<String> content(Path root) throws IOException {
        List<String> content = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted().toList()) {
                content.add(root.relativize(file) + " "
                        + (Files.isDirectory(file) ? "folder" : UnixFsFile.cidOf(Files.readAllBytes(file))));
            }
        }
        return content;
    }

    private static String[] add(UnixFsOptions options, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "add",
                "--quieter",
                "--cid-version=" + options.cidVersion(),
                "--raw-leaves=" + options.rawLeaves(),
                "--chunker=size-" + options.chunkBytes(),
                "--max-file-links=" + UnixFsFile.LINKS_PER_NODE));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private static UnixFsOptions options(String key, int chunk) {
        return new UnixFsOptions(key.charAt(1) - '0', key.endsWith("raw"), chunk);
    }

    private static Path create(Map<?, ?> directory, Path root) throws IOException {
        Files.createDirectories(root);
        for (Object name : (List<?>) directory.get("empty_folders")) {
            Files.createDirectories(root.resolve((String) name));
        }
        for (Map.Entry<?, ?> file : ((Map<?, ?>) directory.get("files")).entrySet()) {
            write(root.resolve((String) file.getKey()), ((Number) file.getValue()).longValue());
        }
        if (directory.get("numbered") instanceof Map<?, ?> numbered) {
            for (int i = 0; i < number(numbered, "count"); i++) {
                String name = String.format(Locale.ROOT, (String) numbered.get("name"), i);
                write(root.resolve(name), number(numbered, "size"));
            }
        }
        return root;
    }

    private static void write(Path file, long size) throws IOException {
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
            new SampleStream(size).transferTo(out);
        }
    }

    private static long number(Map<?, ?> entry, String key) {
        return ((Number) entry.get(key)).longValue();
    }

    private static Stream<Map<?, ?>> entries(String file, String name) throws IOException {
        Map<String, Object> root = JSON.std.mapFrom(Files.readString(GOLDEN.resolve(file)));
        return ((List<?>) root.get(name)).stream().map(entry -> (Map<?, ?>) entry);
    }
}
