package io.dreamprotocol.core.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    @Test
    void aNewKeySignsForItsAccount() {
        KeyFile key = KeyFile.openOrCreate(folder.resolve("me.key"));

        Bytes signature = key.sign(MESSAGE);

        assertThat(SignatureVerifier.verify(key.account(), MESSAGE, signature)).isTrue();
        assertThat(SignatureVerifier.verify(key.account(), "another".getBytes(StandardCharsets.UTF_8), signature))
                .isFalse();
    }

    @Test
    void theSameFileGivesTheSameAccountAndSignatures() {
        KeyFile first = KeyFile.openOrCreate(folder.resolve("me.key"));
        KeyFile second = KeyFile.openOrCreate(folder.resolve("me.key"));

        assertThat(second.account()).isEqualTo(first.account());
        assertThat(second.sign(MESSAGE)).isEqualTo(first.sign(MESSAGE));
    }

    @Test
    void onlyTheOwnerMayReadTheFile() throws Exception {
        Path file = folder.resolve("me.key");
        KeyFile.openOrCreate(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> KeyFile.openOrCreate(file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("chmod 600");
    }

    @Test
    void anyChangedByteMakesTheKeyUnusable() throws Exception {
        Path file = folder.resolve("me.key");
        KeyFile.openOrCreate(file);
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            Files.write(file, bad);
            assertThatThrownBy(() -> KeyFile.openOrCreate(file))
                    .isInstanceOf(CorruptDataException.class)
                    .satisfies(e -> assertThat(((DreamException) e).code()).isEqualTo(ErrorCode.KEY_UNUSABLE));
        }
    }

    @Test
    void neitherTextNorErrorsShowTheSecret() throws Exception {
        Path file = folder.resolve("me.key");
        KeyFile key = KeyFile.openOrCreate(file);
        String secret = Files.readAllLines(file).get(1);
        assertThat(key.toString()).doesNotContain(secret);

        Files.writeString(file, Files.readString(file) + "x");
        assertThatThrownBy(() -> KeyFile.openOrCreate(file))
                .satisfies(e -> assertThat(e.toString()).doesNotContain(secret));
    }

    @Test
    void aMissingFolderIsNamed() {
        assertThatThrownBy(() -> KeyFile.openOrCreate(folder.resolve("no/such/me.key")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("no/such");
    }

    @Test
    void manyThatCreateItAtOnceGetOneKey() throws Exception {
        Path file = folder.resolve("me.key");
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            Callable<AccountId> open = () -> KeyFile.openOrCreate(file).account();
            List<Future<AccountId>> accounts = pool.invokeAll(List.of(open, open, open, open, open, open, open, open));
            AccountId expected = KeyFile.openOrCreate(file).account();
            for (Future<AccountId> account : accounts) {
                assertThat(account.get()).isEqualTo(expected);
            }
        }
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }
}
