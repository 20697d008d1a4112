package io.dreamprotocol.core.protection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.SealKey;
import io.dreamprotocol.core.storage.SealedBlob;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.StyleId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelKeyTest {
    private static final SealKey WORKER = SealKey.generate();
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String SECRET = "5a".repeat(32);
    private static final ModelKey KEY = ModelKey.of(Bytes.fromHex(SECRET).toArray());

    @TempDir
    Path folder;

    private static Licence licence(Licence.State state, Optional<Bytes> wrapped, Optional<Long> time) {
        return new Licence(
                new StyleId(1), new AccountId("evm:aa"), WORKER.publicKey(), Amount.ZERO, state, wrapped, NOW, time);
    }

    @Test
    void aWrappedKeyIsReadByItsWorkerAlone() {
        Bytes wrapped = KEY.wrapFor(WORKER.publicKey());

        assertThat(wrapped.length()).isEqualTo(88).isLessThan(Licence.MAX_WRAPPED_KEY);
        assertThat(ModelKey.unwrap(wrapped, WORKER).secret()).isEqualTo(KEY.secret());
        assertFails(ErrorCode.BLOB_CORRUPT, () -> ModelKey.unwrap(wrapped, SealKey.generate()));
        assertFails(ErrorCode.KEY_UNUSABLE, () -> KEY.wrapFor(Bytes.of(new byte[32])));
        assertFails(ErrorCode.KEY_UNUSABLE, () -> KEY.wrapFor(Bytes.of(new byte[5])));
    }

    @Test
    void anyChangeOfAWrappedKeyIsNoticed() {
        byte[] wrapped = KEY.wrapFor(WORKER.publicKey()).toArray();
        for (int at = 0; at < wrapped.length; at++) {
            byte[] changed = wrapped.clone();
            changed[at] ^= 1;
            assertFails(
                    at < 4 ? ErrorCode.MALFORMED_DATA : ErrorCode.BLOB_CORRUPT,
                    () -> ModelKey.unwrap(Bytes.of(changed), WORKER));
        }
    }

    @Test
    void otherSealedBlobsAreNoKeys() {
        Bytes bare = Bytes.of(SealedBlob.seal(new byte[32], WORKER.publicKey()));
        assertFails(ErrorCode.MALFORMED_DATA, () -> ModelKey.unwrap(bare, WORKER));
        Bytes unmarked = Bytes.of(SealedBlob.seal(new byte[36], WORKER.publicKey()));
        assertFails(ErrorCode.MALFORMED_DATA, () -> ModelKey.unwrap(unmarked, WORKER));
        Bytes large = Bytes.of(SealedBlob.seal(new byte[300], WORKER.publicKey()));
        assertFails(ErrorCode.MALFORMED_DATA, () -> ModelKey.unwrap(large, WORKER));
    }

    @Test
    void onlyALicenceThatStandsGivesTheKey() {
        Optional<Bytes> wrapped = Optional.of(KEY.wrapFor(WORKER.publicKey()));

        assertThat(ModelKey.unwrap(licence(Licence.State.GRANTED, wrapped, Optional.empty()), WORKER, NOW)
                        .secret())
                .isEqualTo(KEY.secret());
        for (Licence.State state : List.of(Licence.State.PENDING, Licence.State.WITHDRAWN, Licence.State.REVOKED)) {
            assertFails(
                    ErrorCode.LICENCE_MISSING,
                    () -> ModelKey.unwrap(licence(state, wrapped, Optional.empty()), WORKER, NOW));
        }
        Licence limited = licence(Licence.State.GRANTED, wrapped, Optional.of(1000L));
        ModelKey.unwrap(limited, WORKER, NOW.plusMillis(999));
        assertFails(ErrorCode.LICENCE_MISSING, () -> ModelKey.unwrap(limited, WORKER, NOW.plusMillis(1000)));
        assertFails(
                ErrorCode.MALFORMED_DATA,
                () -> ModelKey.unwrap(licence(Licence.State.GRANTED, Optional.empty(), Optional.empty()), WORKER, NOW));
    }

    @Test
    void keysDifferAndHaveALength() {
        assertThat(ModelKey.generate().secret())
                .isNotEqualTo(ModelKey.generate().secret());
        assertFails(ErrorCode.KEY_UNUSABLE, () -> ModelKey.of(new byte[31]));
    }

    @Test
    void aKeyDoesNotShowItsSecret() {
        assertThat(KEY.toString()).isEqualTo("ModelKey[secret]");
    }

    @Test
    void aKeyIsKeptInAFileOfItsOwner() throws Exception {
        Path file = folder.resolve("style.key");

        ModelKey key = ModelKeyFile.openOrCreate(file);

        assertThat(ModelKeyFile.openOrCreate(file).secret()).isEqualTo(key.secret());
        assertThat(ModelKeyFile.open(file).secret()).isEqualTo(key.secret());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> ModelKeyFile.open(file)).hasMessageContaining("chmod 600");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aDamagedFileIsNamedAndNotQuoted() throws Exception {
        Path file = folder.resolve("style.key");
        ModelKeyFile.openOrCreate(file);
        List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
        String secret = lines.get(1);
        for (String damaged : List.of(
                "",
                lines.get(0) + "\n" + secret + "\n",
                lines.get(0) + "\n" + secret.replace(secret.charAt(3), 'g') + "\n" + lines.get(2) + "\n",
                "another\n" + secret + "\n" + lines.get(2) + "\n",
                "x".repeat(2000))) {
            Files.writeString(file, damaged);
            assertThatThrownBy(() -> ModelKeyFile.open(file))
                    .isInstanceOfSatisfying(
                            DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.KEY_UNUSABLE))
                    .hasMessageContaining("style.key")
                    .hasMessageNotContaining(secret.substring(0, 8))
                    .hasNoCause();
        }
    }

    @Test
    void aMissingFileIsNotMadeByReading() {
        assertFails(ErrorCode.KEY_UNUSABLE, () -> ModelKeyFile.open(folder.resolve("none.key")));
        assertFails(ErrorCode.KEY_UNUSABLE, () -> ModelKeyFile.openOrCreate(folder.resolve("none/none.key")));
    }

    @Test
    void manyAtOnceGetTheSameKey() throws Exception {
        Path file = folder.resolve("style.key");
        Set<Bytes> keys = new HashSet<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Bytes>> calls = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                calls.add(() -> Bytes.of(ModelKeyFile.openOrCreate(file).secret()));
            }
            for (Future<Bytes> key : threads.invokeAll(calls)) {
                keys.add(key.get());
            }
        }
        assertThat(keys).hasSize(1);
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
