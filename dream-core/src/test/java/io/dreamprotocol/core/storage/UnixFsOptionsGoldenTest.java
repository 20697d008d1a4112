package io.dreamprotocol.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.error.UnsupportedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What Kubo names files and folders with each pair of options; {@code -Ddream.large=true} takes those of a gigabyte too. */
class UnixFsOptionsGoldenTest {
    private static final Path FOLDER =
            Path.of(Objects.requireNonNull(System.getProperty("dream.golden"), "dream.golden"), "cids");
    private static final long LARGEST = Boolean.getBoolean("dream.large") ? Long.MAX_VALUE : 50_000_000;

    @TestFactory
    Stream<DynamicTest> filesHaveTheCidsThatKuboGivesThem() throws IOException {
        return entries("options.json", "files")
                .filter(file -> number(file, "size") <= LARGEST)
                .flatMap(file -> Stream.of("v0", "v0 raw", "v1", "v1 raw")
                        .map(key -> DynamicTest.dynamicTest(
                                number(file, "size") + " bytes in chunks of " + number(file, "chunk") + ", " + key,
                                () -> {
                                    UnixFsOptions options = options(key, (int) number(file, "chunk"));
                                    Cid cid = UnixFsFile.write(
                                            new SampleContent("multiplicative", number(file, "size")),
                                            options,
                                            (part, block) -> {});
                                    assertThat(options.textOf(cid)).isEqualTo(file.get(key));
                                })));
    }

    @TestFactory
    Stream<DynamicTest> foldersHaveTheCidsThatKuboGivesThem() throws IOException {
        return entries("directories.json", "directories")
                .filter(folder -> ((List<?>) folder.get("spread")).size() < 4)
                .map(folder -> DynamicTest.dynamicTest((String) folder.get("name"), () -> {
                    Path scratch = Files.createTempDirectory("folders");
                    Path root = create(folder, scratch.resolve("root"));
                    for (String key : List.of("v0", "v0 raw", "v1", "v1 raw")) {
                        UnixFsOptions options = options(key, UnixFsFile.CHUNK_BYTES);
                        if (((List<?>) folder.get("spread")).contains(key)) {
                            assertThatThrownBy(() -> UnixFsFolder.write(root, options, (part, block) -> {}))
                                    .isInstanceOf(UnsupportedException.class);
                        } else {
                            Cid cid = UnixFsFolder.write(root, options, (part, block) -> {});
                            assertThat(options.textOf(cid)).as(key).isEqualTo(folder.get(key));
                        }
                    }
                    delete(scratch);
                }));
    }

    private static UnixFsOptions options(String key, int chunk) {
        return new UnixFsOptions(key.charAt(1) - '0', key.endsWith("raw"), chunk);
    }

    private static Path create(Map<?, ?> folder, Path root) throws IOException {
        Files.createDirectories(root);
        for (Object name : (List<?>) folder.get("empty_folders")) {
            Files.createDirectories(root.resolve((String) name));
        }
        for (Map.Entry<?, ?> file : ((Map<?, ?>) folder.get("files")).entrySet()) {
            write(root.resolve((String) file.getKey()), ((Number) file.getValue()).longValue());
        }
        if (folder.get("numbered") instanceof Map<?, ?> numbered) {
            for (int i = 0; i < number(numbered, "count"); i++) {
                write(
                        root.resolve(String.format(Locale.ROOT, (String) numbered.get("name"), i)),
                        number(numbered, "size"));
            }
        }
        return root;
    }

    private static void write(Path file, long size) throws IOException {
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
            new SampleContent("multiplicative", size).transferTo(out);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static long number(Map<?, ?> entry, String key) {
        return ((Number) entry.get(key)).longValue();
    }

    private static Stream<Map<?, ?>> entries(String file, String name) throws IOException {
        Map<String, Object> root = JSON.std.mapFrom(Files.readString(FOLDER.resolve(file)));
        return ((List<?>) root.get(name)).stream().map(entry -> (Map<?, ?>) entry);
    }
}
