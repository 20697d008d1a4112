package io.dreamprotocol.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedBlobTest {
    private static final SealKey KEY = SealKey.generate();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000, 300_000})
    void whatIsSealedIsOpenedByItsRecipient(int size) {
        byte[] content = SampleContent.bytes("multiplicative", size);
        byte[] sealed = SealedBlob.seal(content, KEY.publicKey());
        assertThat(sealed).hasSize(size + 52);
        assertThat(SealedBlob.isSealed(sealed)).isTrue();
        assertThat(SealedBlob.open(sealed, KEY)).isEqualTo(content);
    }

    @Test
    void aKeyThatWasKeptOpensToo() {
        byte[] secret = Bytes.fromHex("5a".repeat(32)).toArray();
        byte[] sealed = SealedBlob.seal(new byte[] {1, 2}, SealKey.of(secret).publicKey());
        assertThat(SealedBlob.open(sealed, SealKey.of(secret))).containsExactly(1, 2);
        assertFails(ErrorCode.KEY_UNUSABLE, () -> SealKey.of(new byte[31]));
    }

    @Test
    void othersCannotOpenIt() {
        byte[] sealed = SealedBlob.seal(new byte[100], KEY.publicKey());
        assertFails(ErrorCode.BLOB_CORRUPT, () -> SealedBlob.open(sealed, SealKey.generate()));
    }

    @Test
    void theSameContentIsSealedOtherwiseEachTime() {
        byte[] first = SealedBlob.seal(new byte[100], KEY.publicKey());
        byte[] second = SealedBlob.seal(new byte[100], KEY.publicKey());
        assertThat(Arrays.mismatch(first, 36, first.length, second, 36, second.length))
                .isZero();
        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void anyChangeIsNoticed() {
        byte[] sealed = SealedBlob.seal(new byte[] {1, 2, 3}, KEY.publicKey());
        for (int at = 4; at < sealed.length; at++) {
            byte[] changed = sealed.clone();
            changed[at] ^= 1;
            assertFails(ErrorCode.BLOB_CORRUPT, () -> SealedBlob.open(changed, KEY));
        }
        byte[] shorter = Arrays.copyOf(sealed, sealed.length - 1);
        assertFails(ErrorCode.BLOB_CORRUPT, () -> SealedBlob.open(shorter, KEY));
        byte[] highBit = sealed.clone();
        highBit[35] ^= (byte) 0x80; // means the same point
        assertFails(ErrorCode.BLOB_CORRUPT, () -> SealedBlob.open(highBit, KEY));
    }

    @Test
    void otherBytesAreNoSealedBlob() {
        assertFails(ErrorCode.MALFORMED_DATA, () -> SealedBlob.open(new byte[100], KEY));
        assertFails(ErrorCode.MALFORMED_DATA, () -> SealedBlob.open(new byte[0], KEY));
        assertFails(ErrorCode.MALFORMED_DATA, () -> SealedBlob.open("DSB1".getBytes(StandardCharsets.US_ASCII), KEY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"
            })
    void aPublicKeyThatSharesTheSameWithEverybodyIsRefused(String point) {
        assertFails(ErrorCode.KEY_UNUSABLE, () -> SealedBlob.seal(new byte[1], Bytes.fromHex(point)));
    }

    @Test
    void aKeyDoesNotShowItsSecret() {
        byte[] secret = Bytes.fromHex("5a".repeat(32)).toArray();
        assertThat(SealKey.of(secret).toString())
                .doesNotContain("5a5a5a")
                .contains(SealKey.of(secret).publicKey().toHex());
    }

    /** The example of RFC 7748, section 6.1. */
    @Test
    void keysAgreeAsTheStandardSays() {
        SealKey bob = SealKey.of(Bytes.fromHex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
                .toArray());
        assertThat(bob.publicKey().toHex())
                .isEqualTo("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
        byte[] alicesPoint = Bytes.fromHex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
                .toArray();
        assertThat(Bytes.of(bob.agree(alicesPoint)).toHex())
                .isEqualTo("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    }

    /** The first test case of RFC 5869. */
    @Test
    void keysAreDerivedAsTheStandardSays() {
        byte[] derived = Hkdf.derive(
                Bytes.fromHex("000102030405060708090a0b0c").toArray(),
                Bytes.fromHex("0b".repeat(22)).toArray(),
                Bytes.fromHex("f0f1f2f3f4f5f6f7f8f9").toArray(),
                42);
        assertThat(Bytes.of(derived).toHex())
                .isEqualTo("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
