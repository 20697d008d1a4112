package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageFileTest {
    private static final byte[] NEW = "new".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    @Test
    void whatFailsHalfWayLeavesTheOldFile() throws IOException {
        Path file = Files.writeString(folder.resolve("image.png"), "old");

        assertThatThrownBy(() -> ImageFile.replace(file, out -> {
                    out.write(NEW);
                    throw new CorruptDataException(ErrorCode.BLOB_CORRUPT, "a block is damaged");
                }))
                .isInstanceOf(CorruptDataException.class);

        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("image.png");
    }

    @Test
    void aLinkStaysAndWhatItLeadsToIsReplaced() throws IOException {
        Path file = Files.writeString(folder.resolve("image.png"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.png"), file);

        ImageFile.replace(link, out -> out.write(NEW));

        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
    }

    @Test
    void aTakenNameGetsANumber() throws IOException {
        Files.writeString(folder.resolve("image.png"), "other");
        Files.createDirectory(folder.resolve("image-2.png"));

        assertThat(ImageFile.writeBeside(folder.resolve("image.png"), NEW)).isEqualTo(folder.resolve("image-3.png"));
        assertThat(ImageFile.writeBeside(folder.resolve("image.png"), NEW)).isEqualTo(folder.resolve("image-3.png"));
        assertThat(folder.resolve("image.png")).hasContent("other");
    }

    @Test
    void aNumberComesBeforeTheEnding() {
        assertThat(ImageFile.numbered(Path.of("a", "b.c.png"), "-2")).isEqualTo(Path.of("a", "b.c-2.png"));
        assertThat(ImageFile.numbered(Path.of("a"), "-2")).isEqualTo(Path.of("a-2"));
        assertThat(ImageFile.numbered(Path.of(".png"), "-2")).isEqualTo(Path.of(".png-2"));
    }
}
