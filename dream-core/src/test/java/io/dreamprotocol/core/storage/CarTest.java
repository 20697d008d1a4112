package io.dreamprotocol.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CarTest {
    private static final byte[] BLOCK = {1, 2, 3};
    private static final Cid CID = Cid.of(Cid.Codec.RAW, BLOCK);
    private static final String HEADER = "11a265726f6f7473806776657273696f6e01";
    private static final String SECTION = "27" + CID.toBytes().toHex() + "010203";

    @Test
    void whatIsWrittenReadsBack() throws IOException {
        Map<Cid, byte[]> blocks = new LinkedHashMap<>();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Cid root = UnixFsFile.cidOf(SampleContent.bytes("multiplicative", 600_000));
        CarWriter writer = new CarWriter(out, List.of(root, CID));
        UnixFsFile.write(new SampleContent("multiplicative", 600_000), writer);
        writer.accept(CID, ByteBuffer.wrap(BLOCK));

        CarReader reader = new CarReader(new ByteArrayInputStream(out.toByteArray()));
        assertThat(reader.roots()).containsExactly(root, CID);
        while (reader.next()) {
            blocks.put(reader.cid(), reader.block());
        }
        assertThat(blocks).hasSize(5).containsEntry(CID, BLOCK);
        try (InputStream in = UnixFsFile.open(root, cid -> Optional.ofNullable(blocks.get(cid)))) {
            assertThat(in).hasSameContentAs(new SampleContent("multiplicative", 600_000));
        }
        assertThat(reader.next()).isFalse();
    }

    @Test
    void aCarMayHaveNeitherRootsNorBlocks() throws IOException {
        CarReader reader = reader(HEADER);
        assertThat(reader.roots()).isEmpty();
        assertThat(reader.next()).isFalse();
    }

    @Test
    void theFormIsTheSpecifications() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new CarWriter(out, List.of()).accept(CID, ByteBuffer.wrap(BLOCK));
        assertThat(HexFormat.of().formatHex(out.toByteArray())).isEqualTo(HEADER + SECTION);
    }

    @Test
    void aCarThatEndsEarlyIsRefused() throws IOException {
        byte[] whole = HexFormat.of().parseHex(HEADER + SECTION);
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            if (length != 18) {
                assertFails(ErrorCode.MALFORMED_DATA, () -> readAll(part));
            }
        }
        readAll(whole);
    }

    @Test
    void aBlockOfOtherBytesIsRefused() {
        byte[] car = HexFormat.of().parseHex(HEADER + SECTION);
        car[car.length - 1] ^= 1;
        assertFails(ErrorCode.BLOB_CORRUPT, () -> readAll(car));
    }

    @ParameterizedTest
    @CsvSource({
        "version 2, 0aa16776657273696f6e02",
        "another version, 11a265726f6f7473806776657273696f6e02",
        "no version, 08a165726f6f747380",
        "no header, 00",
        "an endless header, ffffffff7f",
        "a length in more bytes than needed, 9100a265726f6f7473806776657273696f6e01",
        "a length without end, ffffffffffffffffffffff",
        "roots without an end, 12a265726f6f74739f6776657273696f6e01",
        "more roots than bytes, 14a265726f6f7473994000006776657273696f6e01",
        "a root that is no link, 12a265726f6f747381006776657273696f6e01",
        "a root without a CID, 15a265726f6f747381d82a41006776657273696f6e01",
        "bytes behind the header, 12a265726f6f7473806776657273696f6e0100"
    })
    void otherHeadersAreRefused(String what, String car) {
        assertFails(ErrorCode.MALFORMED_DATA, () -> readAll(HexFormat.of().parseHex(car)));
    }

    @Test
    void aBlockOfAnUnknownKindIsRefused() {
        assertFails(
                ErrorCode.INVALID_CID,
                () -> readAll(HexFormat.of().parseHex(HEADER + "25" + "01551320" + "11".repeat(32) + "00")));
        assertFails(
                ErrorCode.INVALID_CID,
                () -> readAll(HexFormat.of().parseHex(HEADER + "25" + "01781220" + "11".repeat(32) + "00")));
        assertFails(ErrorCode.MALFORMED_DATA, () -> readAll(HexFormat.of().parseHex(HEADER + "0401550000")));
        assertFails(ErrorCode.MALFORMED_DATA, () -> readAll(HexFormat.of().parseHex(HEADER + "00")));
    }

    @Test
    void aBlockIsReadUpToTheLimit() throws IOException {
        byte[] most = new byte[UnixFsFile.MAX_BLOCK_BYTES];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CarWriter writer = new CarWriter(out, List.of());
        writer.accept(Cid.of(Cid.Codec.RAW, most), ByteBuffer.wrap(most));
        readAll(out.toByteArray());
        assertThatThrownBy(() -> writer.accept(CID, ByteBuffer.allocate(most.length + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        // 2 MiB, 36 bytes of CID, and one byte more: nothing of it is read.
        assertFails(ErrorCode.MALFORMED_DATA, () -> readAll(HexFormat.of().parseHex(HEADER + "a5808001")));
    }

    @Test
    void aThousandRootsAreTheMost() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Cid> most = Collections.nCopies(CarReader.MAX_ROOTS, CID);
        new CarWriter(out, most);
        assertThat(new CarReader(new ByteArrayInputStream(out.toByteArray())).roots())
                .isEqualTo(most);
        List<Cid> more = Collections.nCopies(CarReader.MAX_ROOTS + 1, CID);
        assertThatThrownBy(() -> new CarWriter(out, more)).isInstanceOf(IllegalArgumentException.class);
    }

    private static CarReader reader(String hex) throws IOException {
        return new CarReader(new ByteArrayInputStream(HexFormat.of().parseHex(hex)));
    }

    private static void readAll(byte[] car) throws IOException {
        CarReader reader = new CarReader(new ByteArrayInputStream(car));
        while (reader.next()) {}
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageNotContaining("\n");
    }
}
