package io.dreamprotocol.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class InfotextGoldenTest {
    private static final Path FOLDER =
            Path.of(Objects.requireNonNull(System.getProperty("dream.golden"), "dream.golden"), "infotext");

    @TestFactory
    Stream<DynamicTest> textsAreReadAndWrittenAsTheWebUiDoes() throws IOException {
        Map<String, Object> root = JSON.std.mapFrom(Files.readString(FOLDER.resolve("infotext.json")));
        return root.values().stream()
                .filter(List.class::isInstance)
                .flatMap(rows -> ((List<?>) rows).stream())
                .map(row -> (Map<?, ?>) row)
                .map(row -> DynamicTest.dynamicTest((String) row.get("png"), () -> check(row)));
    }

    private static void check(Map<?, ?> row) throws IOException {
        String text = (String) row.get("text");
        PngFile file = PngFile.read(Files.readAllBytes(FOLDER.resolve((String) row.get("png"))));
        assertThat(file.text(Infotext.KEYWORD)).hasValue(text);
        assertThat(file.chunks()).contains(PngChunk.ofText(Infotext.KEYWORD, text));

        Infotext parsed = Infotext.parse(text);

        Map<?, ?> expected = (Map<?, ?>) row.get("parsed");
        assertThat(parsed.prompt().strip()).isEqualTo(((String) expected.get("prompt")).strip());
        assertThat(parsed.negativePrompt().strip()).isEqualTo(((String) expected.get("negative_prompt")).strip());
        Map<?, ?> fields = (Map<?, ?>) expected.get("fields");
        assertThat(parsed.fields().keySet().stream().toList())
                .isEqualTo(fields.keySet().stream().toList());
        fields.forEach((key, value) -> assertThat(parsed.fields().get(key)).isEqualTo(((String) value).strip()));
        if (Boolean.TRUE.equals(row.get("written_from_fields"))) {
            assertThat(parsed.toString()).isEqualTo(text);
        }
    }
}
