package io.dreamprotocol.core.protection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedFileTest {
    private static final int SEGMENT = SealedFile.SEGMENT_BYTES;
    private static final int SEALED_SEGMENT = SEGMENT + 16;
    private static final int HEAD = 68;
    private static final ModelKey KEY = ModelKey.generate();

    private static byte[] content(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }

    private static ModelFile file(byte[] content) {
        return new ModelFile("unet/model.safetensors", content.length, Bytes.sha256(content));
    }

    private static byte[] seal(byte[] content) throws IOException {
        try (InputStream in = SealedFile.seal(new ByteArrayInputStream(content), file(content), KEY)) {
            return in.readAllBytes();
        }
    }

    private static byte[] open(byte[] sealed, ModelFile file, ModelKey key) throws IOException {
        try (InputStream in = SealedFile.open(new ByteArrayInputStream(sealed), file, key)) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT, 3 * SEGMENT + 7})
    void whatWasSealedOpens(int size) throws Exception {
        byte[] content = content(size);

        byte[] sealed = seal(content);

        assertThat(sealed.length).isEqualTo(SealedFile.sealedSize(size));
        assertThat(open(sealed, file(content), KEY)).isEqualTo(content);
    }

    @Test
    void theSameFileIsSealedOtherwiseEachTime() throws Exception {
        byte[] content = content(100);
        byte[] first = seal(content);
        byte[] second = seal(content);

        assertThat(Arrays.copyOfRange(first, HEAD, first.length))
                .isNotEqualTo(Arrays.copyOfRange(second, HEAD, second.length));
    }

    @Test
    void everyChangedByteOfASmallFileIsNoticed() throws Exception {
        byte[] content = content(40);
        byte[] sealed = seal(content);

        for (int at = 0; at < sealed.length; at++) {
            byte[] changed = sealed.clone();
            changed[at] ^= 0x10;
            assertFails(
                    at < 4 ? ErrorCode.MALFORMED_DATA : ErrorCode.BLOB_CORRUPT,
                    () -> open(changed, file(content), KEY));
        }
    }

    @Test
    void aChangeInAnyPartOfALargeFileIsNoticed() throws Exception {
        byte[] content = content(2 * SEGMENT + 500);
        byte[] sealed = seal(content);

        for (int at : new int[] {
            4,
            35,
            36,
            HEAD - 1, // salt and commitment
            HEAD,
            HEAD + SEGMENT - 1,
            HEAD + SEGMENT,
            HEAD + SEALED_SEGMENT - 1, // the first segment and its tag
            HEAD + SEALED_SEGMENT,
            HEAD + 2 * SEALED_SEGMENT - 1, // the second
            HEAD + 2 * SEALED_SEGMENT,
            sealed.length - 17,
            sealed.length - 16,
            sealed.length - 1 // the last
        }) {
            byte[] changed = sealed.clone();
            changed[at] ^= 1;
            assertFails(ErrorCode.BLOB_CORRUPT, () -> open(changed, file(content), KEY));
        }
    }

    @Test
    void aFileThatIsCutIsNoticed() throws Exception {
        byte[] content = content(2 * SEGMENT);
        byte[] sealed = seal(content);

        for (int length : new int[] {
            HEAD, HEAD + 15, HEAD + SEGMENT, HEAD + SEALED_SEGMENT, HEAD + SEALED_SEGMENT + 16, sealed.length - 1
        }) {
            assertFails(ErrorCode.BLOB_CORRUPT, () -> open(Arrays.copyOf(sealed, length), file(content), KEY));
        }
        for (int length : new int[] {0, 3, HEAD - 1}) {
            assertFails(ErrorCode.MALFORMED_DATA, () -> open(Arrays.copyOf(sealed, length), file(content), KEY));
        }
    }

    /** Someone who cuts at a segment's end and states the smaller size gets nowhere either: the size is in the key. */
    @Test
    void aCutFileDoesNotPassForASmallerOne() throws Exception {
        byte[] content = content(2 * SEGMENT);
        byte[] sealed = seal(content);
        ModelFile smaller = file(Arrays.copyOf(content, SEGMENT));

        assertFails(ErrorCode.BLOB_CORRUPT, () -> open(Arrays.copyOf(sealed, HEAD + SEALED_SEGMENT), smaller, KEY));
    }

    @Test
    void bytesBehindTheEndAreNoticed() throws Exception {
        byte[] content = content(2 * SEGMENT);
        byte[] sealed = seal(content);
        byte[] withSegmentTwice = Arrays.copyOf(sealed, sealed.length + SEALED_SEGMENT);
        System.arraycopy(sealed, HEAD + SEALED_SEGMENT, withSegmentTwice, sealed.length, SEALED_SEGMENT);

        assertFails(ErrorCode.BLOB_CORRUPT, () -> open(Arrays.copyOf(sealed, sealed.length + 1), file(content), KEY));
        assertFails(ErrorCode.BLOB_CORRUPT, () -> open(withSegmentTwice, file(content), KEY));
    }

    @Test
    void swappedSegmentsAreNoticed() throws Exception {
        byte[] content = content(3 * SEGMENT);
        byte[] sealed = seal(content);
        byte[] swapped = sealed.clone();
        System.arraycopy(sealed, HEAD, swapped, HEAD + SEALED_SEGMENT, SEALED_SEGMENT);
        System.arraycopy(sealed, HEAD + SEALED_SEGMENT, swapped, HEAD, SEALED_SEGMENT);

        assertFails(ErrorCode.BLOB_CORRUPT, () -> open(swapped, file(content), KEY));
    }

    @Test
    void segmentsOfAnotherSealingAreNoticed() throws Exception {
        byte[] content = content(2 * SEGMENT);
        byte[] first = seal(content);
        byte[] second = seal(content);
        byte[] spliced = first.clone();
        System.arraycopy(second, HEAD, spliced, HEAD, SEALED_SEGMENT);

        assertFails(ErrorCode.BLOB_CORRUPT, () -> open(spliced, file(content), KEY));
    }

    @Test
    void aFileOpensOnlyAsItselfAndWithItsKey() throws Exception {
        byte[] content = content(100);
        byte[] sealed = seal(content);
        ModelFile file = file(content);

        assertFails(ErrorCode.BLOB_CORRUPT, () -> open(sealed, file, ModelKey.generate()));
        assertFails(
                ErrorCode.BLOB_CORRUPT,
                () -> open(sealed, new ModelFile("vae/model.safetensors", file.size(), file.sha256()), KEY));
        assertFails(
                ErrorCode.BLOB_CORRUPT,
                () -> open(sealed, new ModelFile(file.path(), file.size() + 1, file.sha256()), KEY));
        assertFails(
                ErrorCode.BLOB_CORRUPT,
                () -> open(sealed, new ModelFile(file.path(), file.size(), Bytes.sha256(new byte[0])), KEY));
    }

    @Test
    void aReaderGetsNothingBehindADamage() throws Exception {
        byte[] content = content(3 * SEGMENT);
        byte[] sealed = seal(content);
        sealed[HEAD + SEALED_SEGMENT] ^= 1;

        try (InputStream in = SealedFile.open(new ByteArrayInputStream(sealed), file(content), KEY)) {
            assertThat(in.readNBytes(SEGMENT)).isEqualTo(Arrays.copyOf(content, SEGMENT));
            assertFails(ErrorCode.BLOB_CORRUPT, in::read);
            assertThatThrownBy(in::read).isInstanceOf(IOException.class);
        }
    }

    @Test
    void openingCanGoOnBehindAnySegment() throws Exception {
        byte[] content = content(2 * SEGMENT + 9);
        byte[] sealed = seal(content);
        ModelFile file = file(content);

        for (int segments = 0; segments < 3; segments++) {
            try (InputStream in = SealedFile.openFrom(new ByteArrayInputStream(sealed), file, KEY, segments)) {
                assertThat(in.readAllBytes())
                        .isEqualTo(Arrays.copyOfRange(content, segments * SEGMENT, content.length));
            }
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SealedFile.openFrom(new ByteArrayInputStream(sealed), file, KEY, 3));
        assertFails(
                ErrorCode.BLOB_CORRUPT,
                () -> SealedFile.openFrom(
                        new ByteArrayInputStream(Arrays.copyOf(sealed, HEAD + SEGMENT)), file, KEY, 1));
    }

    @Test
    void aFileThatChangesMeanwhileIsNotSealed() {
        byte[] content = content(SEGMENT + 10);
        byte[] changed = content.clone();
        changed[5] ^= 1;
        for (byte[] meanwhile : new byte[][] {
            changed, Arrays.copyOf(content, content.length - 1), Arrays.copyOf(content, content.length + 1), new byte[3]
        }) {
            assertFails(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    () -> SealedFile.seal(new ByteArrayInputStream(meanwhile), file(content), KEY)
                            .readAllBytes());
        }
    }

    @Test
    void filesBeyondTheLimitAreRefused() {
        ModelFile file = new ModelFile("a", SealedFile.MAX_BYTES + 1, Bytes.sha256(new byte[0]));
        assertFails(ErrorCode.BLOB_TOO_LARGE, () -> SealedFile.seal(InputStream.nullInputStream(), file, KEY));
        assertFails(ErrorCode.BLOB_TOO_LARGE, () -> SealedFile.open(InputStream.nullInputStream(), file, KEY));
        assertFails(ErrorCode.BLOB_TOO_LARGE, () -> SealedFile.sealedSize(-1));
        assertThat(SealedFile.sealedSize(SealedFile.MAX_BYTES)).isLessThan(1L << 40);
    }

    @Test
    void bytesComeOneByOneToo() throws Exception {
        byte[] content = content(50);
        InputStream in = SealedFile.open(new ByteArrayInputStream(seal(content)), file(content), KEY);
        ByteBuffer read = ByteBuffer.allocate(50);
        for (int value = in.read(); value >= 0; value = in.read()) {
            read.put((byte) value);
        }
        assertThat(read.array()).isEqualTo(content);
        assertThat(in.read()).isEqualTo(-1);
        assertThat(in.read(new byte[4])).isEqualTo(-1);
    }

    /** Test cases 13 and 14 of the specification of GCM by McGrew and Viega. */
    @Test
    void segmentsAreEncryptedAsTheStandardSays() {
        SegmentCipher cipher = new SegmentCipher(new byte[32], new byte[7]);
        byte[] target = new byte[64];

        assertThat(cipher.seal(0, false, new byte[0], 0, target)).isEqualTo(16);
        assertThat(Bytes.of(Arrays.copyOf(target, 16)).toHex()).isEqualTo("530f8afbc74536b9a963b4f1c4cb738b");
        SegmentCipher second = new SegmentCipher(new byte[32], new byte[7]);
        assertThat(second.seal(0, false, new byte[16], 16, target)).isEqualTo(32);
        assertThat(Bytes.of(Arrays.copyOf(target, 32)).toHex())
                .isEqualTo("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
