package io.dreamprotocol.core.protection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.ModelFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Sealed files are what the Python script beside the golden files makes of the same content, key and salt. */
class SealedFileGoldenTest {
    @Test
    void sealedFilesAreAsDescribed() throws Exception {
        Path cases = Path.of(System.getProperty("dream.golden"), "sealed-files", "cases.json");
        List<Object> list = JSON.std.listFrom(Files.readString(cases));
        assertThat(list).hasSize(4);
        for (Object element : list) {
            Map<?, ?> golden = (Map<?, ?>) element;
            byte[] content = content(number(golden, "size"));
            ModelFile file = new ModelFile(text(golden, "path"), content.length, Bytes.sha256(content));
            ModelKey key = ModelKey.of(Bytes.fromHex(text(golden, "key")).toArray());

            byte[] sealed = seal(content, file, key, text(golden, "salt"));

            assertThat(sealed.length).isEqualTo(number(golden, "sealedSize"));
            if (golden.containsKey("sealed")) {
                assertThat(Bytes.of(sealed).toHex()).isEqualTo(golden.get("sealed"));
            }
            assertThat(Bytes.sha256(sealed).toHex()).isEqualTo(golden.get("sealedSha256"));
            try (InputStream in = SealedFile.open(new ByteArrayInputStream(sealed), file, key)) {
                assertThat(in.readAllBytes()).isEqualTo(content);
            }
        }
    }

    private static String text(Map<?, ?> golden, String name) {
        return Objects.requireNonNull(golden.get(name), name).toString();
    }

    private static int number(Map<?, ?> golden, String name) {
        return Integer.parseInt(text(golden, name));
    }

    private static byte[] seal(byte[] content, ModelFile file, ModelKey key, String salt) throws IOException {
        try (InputStream in = SealedFile.seal(
                new ByteArrayInputStream(content),
                file,
                key,
                Bytes.fromHex(salt).toArray())) {
            return in.readAllBytes();
        }
    }

    private static byte[] content(int size) {
        byte[] content = new byte[size];
        for (int i = 0, product = 0; i < size; i++, product += 0x9E3779B1) {
            content[i] = (byte) (product >>> 24);
        }
        return content;
    }
}
