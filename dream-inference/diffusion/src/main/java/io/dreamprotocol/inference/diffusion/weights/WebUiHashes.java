package io.dreamprotocol.inference.diffusion.weights;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnsupportedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The hashes by which the AUTOMATIC1111 web UI and the sites for models name a file.
 *
 * @param sha256 the SHA-256 digest of the whole file, 64 hexadecimal digits in lower case
 * @param legacyHash the hash of older versions: 8 digits of the digest of the 64 KiB that begin at byte 0x100000, or of
 *     nothing where the file is shorter
 * @param addNetHash the digest of everything behind the header of a {@code .safetensors} file, 64 digits; absent for other
 *     files
 * @param loraHash what {@code Lora hashes} in an info text has, 12 digits; absent for files other than {@code .safetensors}
 */
public record WebUiHashes(String sha256, String legacyHash, Optional<String> addNetHash, Optional<String> loraHash) {
    private static final int MODEL_DIGITS = 10;
    private static final int LEGACY_DIGITS = 8;
    private static final int LORA_DIGITS = 12;
    private static final long LEGACY_START = 0x100000;
    private static final long LEGACY_END = 0x110000;
    private static final int CHUNK = 1 << 20;
    private static final String EXTENSION = ".safetensors";

    /** Where trainers leave the hash of the tensors as they wrote them. */
    private static final String STATED_HASH = "sshs_model_hash";

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    /**
     * Computes the hashes of a file, reading it once.
     *
     * @param file the file
     * @return the hashes
     * @throws NotFoundException with {@code model-file-missing} if there is no such file
     * @throws CorruptDataException with {@code model-file-corrupt} if it is called {@code .safetensors} and is none
     * @throws UnsupportedException if it is called {@code .safetensors} and has tensors in a format that is not supported
     * @throws StorageException if it cannot be read
     */
    public static WebUiHashes of(Path file) {
        if (file.toString().toLowerCase(Locale.ROOT).endsWith(EXTENSION)) {
            try (SafetensorsFile weights = SafetensorsFile.open(file)) {
                return weights.hashes();
            }
        }
        try (InputStream in = Files.newInputStream(file)) {
            Digests digests = Digests.of(in, Long.MAX_VALUE);
            return new WebUiHashes(digests.whole, digests.legacy, Optional.empty(), Optional.empty());
        } catch (NoSuchFileException e) {
            throw new NotFoundException(
                    ErrorCode.MODEL_FILE_MISSING, "There is no file " + file + "; check its name", e);
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "The file " + file + " cannot be read; check its permissions", e);
        }
    }

    /**
     * Computes the hashes of a safetensors file.
     *
     * @param in the whole file
     * @param dataStart where its header ends
     * @param metadata the texts of its header
     */
    static WebUiHashes of(InputStream in, long dataStart, Map<String, String> metadata) throws IOException {
        Digests digests = Digests.of(in, dataStart);
        String stated = metadata.getOrDefault(STATED_HASH, "");
        String lora = DIGEST.matcher(stated).matches() ? stated : digests.data;
        return new WebUiHashes(
                digests.whole, digests.legacy, Optional.of(digests.data), Optional.of(lora.substring(0, LORA_DIGITS)));
    }

    /**
     * Returns what {@code Model hash} in an info text has.
     *
     * @return 10 digits in lower case
     */
    public String modelHash() {
        return sha256.substring(0, MODEL_DIGITS);
    }

    /**
     * Returns the name that Civitai has for it.
     *
     * @return 10 digits in upper case
     */
    public String autoV2() {
        return modelHash().toUpperCase(Locale.ROOT);
    }

    private record Digests(String whole, String legacy, String data) {

        static Digests of(InputStream in, long dataStart) throws IOException {
            MessageDigest whole = Bytes.newSha256();
            MessageDigest legacy = Bytes.newSha256();
            MessageDigest data = Bytes.newSha256();
            byte[] chunk = new byte[CHUNK];
            long at = 0;
            int count = in.read(chunk);
            while (count >= 0) {
                whole.update(chunk, 0, count);
                update(legacy, chunk, at, count, LEGACY_START, LEGACY_END);
                update(data, chunk, at, count, dataStart, Long.MAX_VALUE);
                at += count;
                count = in.read(chunk);
            }
            HexFormat hex = HexFormat.of();
            return new Digests(
                    hex.formatHex(whole.digest()),
                    hex.formatHex(legacy.digest()).substring(0, LEGACY_DIGITS),
                    hex.formatHex(data.digest()));
        }

        /** Digests those bytes of a chunk that lie in a range of the file. */
        private static void update(MessageDigest digest, byte[] chunk, long at, int count, long start, long end) {
            long from = Math.max(start, at);
            long to = Math.min(end, at + count);
            if (from < to) {
                digest.update(chunk, (int) (from - at), (int) (to - from));
            }
        }
    }
}
