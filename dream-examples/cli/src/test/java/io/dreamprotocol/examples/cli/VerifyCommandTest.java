package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VerifyCommandTest {
    private static final int PNG_SIGNATURE = 8;

    @TempDir
    static Path made;

    private static byte[] genuine;

    @TempDir
    Path folder;

    @BeforeAll
    static void generate() throws IOException {
        DreamRun.generate(made, "a red apple", "--negative", "worms", "--seed", "7", "--out", "apple.png");
        genuine = Files.readAllBytes(made.resolve("apple.png"));
    }

    private DreamRun verify(byte[] bytes) throws IOException {
        Files.write(folder.resolve("image.png"), bytes);
        return DreamRun.in(folder, "verify", "image.png");
    }

    @Test
    void tellsWhoMadeAGenuineImageAndHow() throws IOException {
        DreamRun run = verify(genuine);

        assertThat(run.status()).isZero();
        assertThat(run.value("signed")).startsWith("by ed25519:");
        assertThat(run.value("prompt")).isEqualTo("a red apple");
        assertThat(run.value("negative")).isEqualTo("worms");
        assertThat(run.value("model")).startsWith("dream-mini, digest ");
        assertThat(run.value("made")).startsWith("64x64, seed 7 (torch-cpu noise), 2 steps, guidance 5, ");
        assertThat(run.value("engine")).startsWith("onnxruntime ");
        assertThat(run.value("latents")).startsWith("Merkle root ").contains(" over 3 leaves ");
        assertThat(run.value("request")).startsWith("sha256 ");
    }

    @Test
    void needsNoDataFolder() throws IOException {
        verify(genuine);

        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void anyChangedByteFails() throws IOException {
        Set<Integer> statuses = new HashSet<>();
        for (int i = 0; i < genuine.length; i++) {
            byte[] changed = genuine.clone();
            changed[i] ^= (byte) (1 << (i % 8));
            DreamRun run = verify(changed);
            assertThat(run.status()).as("byte %s", i).isBetween(60, 63);
            assertThat(run.err()).startsWith("dream: ").hasLineCount(1);
            assertThat(run.out()).isEmpty();
            statuses.add(run.status());
        }
        // The checksums of the chunks find every single one of them; below, the checksums are forged too.
        assertThat(statuses).containsExactly(60);
    }

    @Test
    void anyTruncationFails() throws IOException {
        for (int length = 0; length < genuine.length; length += 97) {
            assertThat(verify(Arrays.copyOf(genuine, length)).status())
                    .as("%s bytes", length)
                    .isBetween(60, 63);
        }
        assertThat(verify(Arrays.copyOf(genuine, genuine.length + 1)).status()).isEqualTo(60);
    }

    /** Changes a byte of a chunk's data and forges its checksum, over the whole chunk. */
    @ParameterizedTest
    @ValueSource(strings = {"IHDR", "tEXt", "IDAT", "drRC"})
    void anyChangeWithAForgedChecksumFails(String type) throws IOException {
        int at = chunk(type);
        int length = ByteBuffer.wrap(genuine).getInt(at);
        for (int i = 0; i < length; i++) {
            byte[] changed = genuine.clone();
            changed[at + 8 + i] ^= (byte) (1 << (i % 8));
            forgeChecksum(changed, at, length);
            DreamRun run = verify(changed);
            // 18: a signature of a kind that nobody knows.
            assertThat(run.status()).as("byte %s of %s", i, type).isIn(18, 60, 62, 63);
        }
    }

    @Test
    void aRemovedTextFails() throws IOException {
        int at = chunk("tEXt");
        int end = at + 12 + ByteBuffer.wrap(genuine).getInt(at);
        byte[] shorter = ByteBuffer.allocate(genuine.length - (end - at))
                .put(genuine, 0, at)
                .put(genuine, end, genuine.length - end)
                .array();

        assertThat(verify(shorter).status()).isEqualTo(62);
    }

    @Test
    void anAddedTextFails() throws IOException {
        int at = chunk("IDAT");
        byte[] text = "Comment\0made by hand".getBytes(StandardCharsets.US_ASCII);
        byte[] longer = ByteBuffer.allocate(genuine.length + 12 + text.length)
                .put(genuine, 0, at)
                .putInt(text.length)
                .put("tEXt".getBytes(StandardCharsets.US_ASCII))
                .put(text)
                .putInt(0)
                .put(genuine, at, genuine.length - at)
                .array();
        forgeChecksum(longer, at, text.length);

        assertThat(verify(longer).status()).isEqualTo(62);
    }

    @Test
    void aRemovedReceiptIsMissed() throws IOException {
        int at = chunk("drRC");
        int end = at + 12 + ByteBuffer.wrap(genuine).getInt(at);
        byte[] shorter = ByteBuffer.allocate(genuine.length - (end - at))
                .put(genuine, 0, at)
                .put(genuine, end, genuine.length - end)
                .array();

        assertThat(verify(shorter).status()).isEqualTo(61);
    }

    @Test
    void theReceiptOfAnotherImageFails() throws IOException {
        DreamRun.generate(made, "a green apple", "--seed", "8", "--out", "other.png");
        byte[] other = Files.readAllBytes(made.resolve("other.png"));
        int from = chunk("drRC");
        int otherFrom = indexOf(other, "drRC");
        byte[] mixed = ByteBuffer.allocate(from + other.length - otherFrom)
                .put(genuine, 0, from)
                .put(other, otherFrom, other.length - otherFrom)
                .array();

        assertThat(verify(mixed).status()).isEqualTo(62);
    }

    @Test
    void somethingElseIsNoPng() throws IOException {
        assertThat(verify("no picture".getBytes(StandardCharsets.US_ASCII)).status())
                .isEqualTo(60);
        assertThat(verify(new byte[0]).status()).isEqualTo(60);
    }

    private static int chunk(String type) {
        return indexOf(genuine, type);
    }

    /** Finds where a chunk begins, with its length. */
    private static int indexOf(byte[] png, String type) {
        ByteBuffer in = ByteBuffer.wrap(png);
        int at = PNG_SIGNATURE;
        while (!new String(png, at + 4, 4, StandardCharsets.US_ASCII).equals(type)) {
            at += 12 + in.getInt(at);
        }
        return at;
    }

    private static void forgeChecksum(byte[] png, int at, int length) {
        CRC32 crc = new CRC32();
        crc.update(png, at + 4, 4 + length);
        ByteBuffer.wrap(png).putInt(at + 8 + length, (int) crc.getValue());
    }
}
