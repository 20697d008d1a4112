package io.dreamprotocol.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class UnixFsFileGoldenTest {
    private static final Path FOLDER =
            Path.of(Objects.requireNonNull(System.getProperty("dream.golden"), "dream.golden"), "cids");

    @TestFactory
    Stream<DynamicTest> filesHaveTheCidsThatKuboGivesThem() throws IOException {
        return entries("files.json", "files").map(file -> {
            String content = (String) file.get("content");
            long size = ((Number) file.get("size")).longValue();
            int chunk = ((Number) file.get("chunk")).intValue();
            return DynamicTest.dynamicTest(size + " bytes of " + content + " in chunks of " + chunk, () -> {
                Cid cid = UnixFsFile.write(
                        new SampleContent(content, size), new UnixFsOptions(1, true, chunk), (part, block) -> {});
                assertThat(cid).hasToString((String) file.get("cid"));
                if (chunk == UnixFsFile.CHUNK_BYTES && size <= 10_000_000) {
                    byte[] bytes = SampleContent.bytes(content, (int) size);
                    assertThat(UnixFsFile.cidOf(bytes)).isEqualTo(cid);
                }
            });
        });
    }

    @TestFactory
    Stream<DynamicTest> filesThatKuboCutOtherwiseAreRead() throws IOException {
        return entries("dags.json", "dags")
                .map(dag -> DynamicTest.dynamicTest((String) dag.get("name"), () -> {
                    Map<?, ?> blocks = (Map<?, ?>) dag.get("blocks");
                    BlockSource source = cid -> Optional.ofNullable((String) blocks.get(cid.toString()))
                            .map(HexFormat.of()::parseHex);
                    try (InputStream in = UnixFsFile.open(Cid.parse((String) dag.get("cid")), source)) {
                        int size = ((Number) dag.get("size")).intValue();
                        assertThat(in.readAllBytes()).isEqualTo(SampleContent.bytes((String) dag.get("content"), size));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> carsThatKuboWroteAreRead() throws IOException {
        return entries("cars.json", "cars")
                .map(car -> DynamicTest.dynamicTest((String) car.get("name"), () -> {
                    CarReader reader = new CarReader(
                            new ByteArrayInputStream(HexFormat.of().parseHex((String) car.get("car"))));
                    Cid root = Cid.parse((String) car.get("root"));
                    assertThat(reader.roots()).containsExactly(root);
                    Map<Cid, byte[]> blocks = new HashMap<>();
                    while (reader.next()) {
                        blocks.put(reader.cid(), reader.block());
                    }
                    try (InputStream in = UnixFsFile.open(root, cid -> Optional.ofNullable(blocks.get(cid)))) {
                        assertThat(in.readAllBytes()).isEqualTo(SampleContent.bytes("multiplicative", 700));
                    }
                }));
    }

    private static Stream<Map<?, ?>> entries(String file, String name) throws IOException {
        Map<String, Object> root = JSON.std.mapFrom(Files.readString(FOLDER.resolve(file)));
        return ((List<?>) root.get(name)).stream().map(entry -> (Map<?, ?>) entry);
    }
}
