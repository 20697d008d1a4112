package io.dreamprotocol.core.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.SealKey;
import io.dreamprotocol.core.storage.SealedBlob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealKeyFileTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("me.seal");
    }

    @Test
    void theSameFileOpensWhatWasSealedToIt() {
        byte[] sealed = SealedBlob.seal(
                new byte[] {1, 2}, SealKeyFile.openOrCreate(file).publicKey());
        SealKey again = SealKeyFile.openOrCreate(file);
        assertThat(SealedBlob.open(sealed, again)).containsExactly(1, 2);
        assertThat(SealKeyFile.openOrCreate(folder.resolve("other")).publicKey())
                .isNotEqualTo(again.publicKey());
    }

    @Test
    void onlyTheOwnerMayReadTheFile() throws Exception {
        SealKeyFile.openOrCreate(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertUnusable();
    }

    @Test
    void aChangedFileIsRefused() throws Exception {
        SealKeyFile.openOrCreate(file);
        List<String> lines = Files.readAllLines(file);
        for (String text : List.of(
                "",
                lines.get(0) + "\n" + lines.get(1) + "\n",
                lines.get(0) + "\n" + lines.get(1).replace(lines.get(1).charAt(0), 'x') + "\n" + lines.get(2) + "\n")) {
            Files.writeString(file, text);
            assertUnusable();
        }
    }

    @Test
    void aKeyOfAnotherKindIsRefused() {
        KeyFile.openOrCreate(file);
        assertUnusable();
    }

    private void assertUnusable() {
        assertThatThrownBy(() -> SealKeyFile.openOrCreate(file))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.KEY_UNUSABLE));
    }
}
