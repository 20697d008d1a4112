package io.dreamprotocol.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.error.NotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class UnixFsFolderGoldenTest {
    private static final Path FOLDER =
            Path.of(Objects.requireNonNull(System.getProperty("dream.golden"), "dream.golden"), "cids");

    @TestFactory
    Stream<DynamicTest> foldersHaveTheCidsThatKuboGivesThem() throws IOException {
        return folders()
                .filter(entry -> ((String) entry.get("options")).endsWith("--max-file-links=174"))
                .map(entry -> DynamicTest.dynamicTest((String) entry.get("name"), () -> {
                    Path scratch = Files.createTempDirectory("folders");
                    Path root = create(entry, scratch.resolve("root"));
                    assertThat(UnixFsFolder.write(root, (cid, block) -> {})).hasToString((String) entry.get("root"));
                    delete(scratch);
                }));
    }

    @TestFactory
    Stream<DynamicTest> foldersOfKuboAreExtracted() throws IOException {
        return folders()
                .filter(entry -> entry.containsKey("blocks"))
                .map(entry -> DynamicTest.dynamicTest((String) entry.get("name"), () -> {
                    Map<?, ?> blocks = (Map<?, ?>) entry.get("blocks");
                    BlockSource source = cid -> block(blocks, cid);
                    Path scratch = Files.createTempDirectory("folders");
                    UnixFsFolder.extract(
                            Cid.parse((String) entry.get("root")), scratch.resolve("extracted"), 10_000, source);
                    Path expected = create(entry, scratch.resolve("expected"));
                    assertThat(content(scratch.resolve("extracted"))).isEqualTo(content(expected));
                    delete(scratch);
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyNameIsFoundByItsHash() throws IOException {
        return folders()
                .filter(entry -> entry.containsKey("blocks"))
                .map(entry -> DynamicTest.dynamicTest((String) entry.get("name"), () -> {
                    Map<?, ?> blocks = (Map<?, ?>) entry.get("blocks");
                    Cid root = Cid.parse((String) entry.get("root"));
                    for (UnixFsFolder.Entry child : UnixFsFolder.list(root, cid -> block(blocks, cid))) {
                        List<Cid> fetched = new ArrayList<>();
                        BlockSource watched = cid -> {
                            fetched.add(cid);
                            return block(blocks, cid);
                        };
                        assertThat(UnixFsFolder.resolve(root, child.name(), watched))
                                .isEqualTo(child.cid());
                        assertThat(fetched).hasSizeLessThan(10);
                    }
                    assertThatThrownBy(() -> UnixFsFolder.resolve(root, "none of these", cid -> block(blocks, cid)))
                            .isInstanceOf(NotFoundException.class);
                }));
    }

    private static Optional<byte[]> block(Map<?, ?> blocks, Cid cid) {
        return Stream.of(cid.toString(), version0(cid))
                .map(blocks::get)
                .filter(Objects::nonNull)
                .findFirst()
                .map(block -> HexFormat.of().parseHex((String) block));
    }

    private static String version0(Cid cid) {
        return cid.codec() == Cid.Codec.DAG_PB ? cid.toTextOfVersion0() : "";
    }

    private static Path create(Map<?, ?> entry, Path root) throws IOException {
        Files.createDirectories(root);
        for (Object name : (List<?>) entry.get("empty_folders")) {
            Files.createDirectories(root.resolve((String) name));
        }
        for (Map.Entry<?, ?> file : ((Map<?, ?>) entry.get("files")).entrySet()) {
            Path path = root.resolve((String) file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, SampleContent.bytes("multiplicative", ((Number) file.getValue()).intValue()));
        }
        return root;
    }

    private static List<String> content(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(path -> root.relativize(path) + " " + bytes(path).map(HexFormat.of()::formatHex))
                    .sorted()
                    .toList();
        }
    }

    private static Optional<byte[]> bytes(Path path) {
        try {
            return Files.isDirectory(path) ? Optional.empty() : Optional.of(Files.readAllBytes(path));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static Stream<Map<?, ?>> folders() throws IOException {
        Map<String, Object> root = JSON.std.mapFrom(Files.readString(FOLDER.resolve("folders.json")));
        return ((List<?>) root.get("folders")).stream().map(entry -> (Map<?, ?>) entry);
    }
}
