package io.dreamprotocol.inference.diffusion.weights;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnsupportedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * An open file in the <a href="https://github.com/huggingface/safetensors#format">safetensors format</a>.
 *
 * <p>Opening reads the header alone, and checks it in full: a file whose tensors overlap, leave holes, or do not fill the
 * file exactly is refused. Numbers are read from the disk when they are asked for. Thread-safe.
 */
public final class SafetensorsFile implements AutoCloseable {
    /** The longest header that the format allows. */
    public static final int MAX_HEADER_BYTES = 100_000_000;

    /** The most tensors of a file; the largest published checkpoints have some thousands. */
    public static final int MAX_TENSORS = 100_000;

    private static final int LENGTH_BYTES = Long.BYTES;
    private static final int CHUNK = 1 << 16;
    private static final Set<String> PICKLED = Set.of("pt", "pth", "ckpt", "bin", "pkl", "pickle");

    private final Path path;
    private final FileChannel channel;
    private final long dataStart;
    private final Map<String, StoredTensor> tensors;
    private final Map<String, String> metadata;

    private SafetensorsFile(Path path, FileChannel channel, long dataStart, SafetensorsHeader.Content header) {
        this.path = path;
        this.channel = channel;
        this.dataStart = dataStart;
        this.tensors = header.tensors();
        this.metadata = header.metadata();
    }

    /**
     * Opens a file and checks its header.
     *
     * @param path the file
     * @return the open file, which the caller closes
     * @throws NotFoundException with {@code model-file-missing} if there is no such file
     * @throws UnsupportedException if it is a pickled file, or has tensors in a format that is not supported
     * @throws CorruptDataException with {@code model-file-corrupt} if it is malformed in any way
     * @throws StorageException if it cannot be read
     */
    public static SafetensorsFile open(Path path) {
        refusePickle(path);
        FileChannel channel = openChannel(path);
        boolean opened = false;
        try {
            SafetensorsFile file = readHeader(path, channel);
            opened = true;
            return file;
        } catch (IOException e) {
            throw unreadable(path, e);
        } finally {
            if (!opened) {
                close(path, channel);
            }
        }
    }

    private static SafetensorsFile readHeader(Path path, FileChannel channel) throws IOException {
        long size = channel.size();
        ByteBuffer start = ByteBuffer.allocate(LENGTH_BYTES + 1).order(ByteOrder.LITTLE_ENDIAN);
        readFully(path, channel, start, 0);
        start.flip();
        refusePickle(path, start);
        long headerBytes = start.getLong(0);
        if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES) {
            throw corrupt(path, "it says that its header is longer than " + MAX_HEADER_BYTES + " bytes");
        }
        if (headerBytes > size - LENGTH_BYTES) {
            throw corrupt(path, "it is truncated within its header");
        }
        if (headerBytes == 0 || start.get(LENGTH_BYTES) != '{') {
            throw corrupt(path, "its header is no JSON object");
        }
        InputStream header = new ChannelInput(channel, LENGTH_BYTES, headerBytes);
        long dataStart = LENGTH_BYTES + headerBytes;
        return new SafetensorsFile(path, channel, dataStart, SafetensorsHeader.read(path, header, size - dataStart));
    }

    /**
     * Returns where the file is.
     *
     * @return the path that it was opened with
     */
    public Path path() {
        return path;
    }

    /**
     * Returns the tensors.
     *
     * @return the tensors by name, in the order of their bytes
     */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /**
     * Returns the texts that the file holds beside its tensors, under {@code __metadata__}.
     *
     * @return the texts by key; nothing about them is checked
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Computes the hashes by which other programs name this file, reading it once.
     *
     * @return the hashes
     * @throws StorageException if the file cannot be read
     */
    public WebUiHashes hashes() {
        try (InputStream whole = new ChannelInput(channel, 0, Long.MAX_VALUE)) {
            return WebUiHashes.of(whole, dataStart, metadata);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * Reads a whole tensor of floating-point numbers, and checks that they are finite.
     *
     * @param name the tensor's name
     * @return its numbers in row-major order; those of double precision are rounded
     * @throws IllegalArgumentException if there is no such tensor
     * @throws UnsupportedException if it holds integers, or more numbers than an array can
     * @throws CorruptDataException if a number is not finite, or the file has become shorter
     * @throws StorageException if the file cannot be read
     */
    public float[] floats(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no tensor " + name + " in " + path);
        }
        if (tensor.elements() > Integer.MAX_VALUE - 8) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "The tensor " + SafetensorsHeader.shown(name) + " of " + path + " is too large to be used at once");
        }
        float[] values = new float[(int) tensor.elements()];
        for (int at = 0; at < values.length; at += CHUNK) {
            read(tensor, at, values, at, Math.min(CHUNK, values.length - at));
        }
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw corrupt(path, "the tensor " + SafetensorsHeader.shown(name) + " has numbers that are not finite");
            }
        }
        return values;
    }

    /**
     * Reads a run of floating-point numbers as they are: they may be infinite or not a number.
     *
     * @param tensor one of this file's tensors
     * @param from the first element to read
     * @param target where the numbers go
     * @param at the first place to write
     * @param count how many to read
     * @throws IndexOutOfBoundsException if a range is out of bounds
     * @throws UnsupportedException if the tensor holds integers
     * @throws CorruptDataException if the file has become shorter
     * @throws StorageException if the file cannot be read
     */
    public void read(StoredTensor tensor, long from, float[] target, int at, int count) {
        Objects.checkFromIndexSize(from, count, tensor.elements());
        Objects.checkFromIndexSize(at, count, target.length);
        if (!tensor.type().isReal()) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "The tensor " + SafetensorsHeader.shown(tensor.name()) + " of " + path + " holds " + tensor.type()
                            + " where floating-point numbers are needed");
        }
        int size = tensor.type().bytes();
        int done = 0;
        ByteBuffer bytes = ByteBuffer.allocate(Math.min(count, CHUNK) * size).order(ByteOrder.LITTLE_ENDIAN);
        while (done < count) {
            int part = Math.min(count - done, CHUNK);
            bytes.clear().limit(part * size);
            read(tensor, (from + done) * size, bytes);
            convert(tensor.type(), bytes.flip(), target, at + done, part);
            done += part;
        }
    }

    /**
     * Reads a run of bytes.
     *
     * @param tensor one of this file's tensors
     * @param offset the first byte to read, counted from the tensor's first
     * @param target where the bytes go, as many as remain in it
     * @throws IndexOutOfBoundsException if the range is out of bounds
     * @throws CorruptDataException if the file has become shorter
     * @throws StorageException if the file cannot be read
     */
    public void read(StoredTensor tensor, long offset, ByteBuffer target) {
        Objects.checkFromIndexSize(offset, target.remaining(), tensor.end() - tensor.begin());
        try {
            readFully(path, channel, target, dataStart + tensor.begin() + offset);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Closes the file. Closing twice does nothing more. */
    @Override
    public void close() {
        close(path, channel);
    }

    private static void close(Path path, FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static void convert(WeightType type, ByteBuffer bytes, float[] target, int at, int count) {
        switch (type) {
            case F32 -> bytes.asFloatBuffer().get(target, at, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = Float.float16ToFloat(bytes.getShort(i * Short.BYTES));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = Float.intBitsToFloat(bytes.getShort(i * Short.BYTES) << Short.SIZE);
                }
            }
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = (float) bytes.getDouble(i * Double.BYTES);
                }
            }
            default -> throw new IllegalArgumentException("not real: " + type);
        }
    }

    private static void readFully(Path path, FileChannel channel, ByteBuffer target, long position) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                throw corrupt(path, "it is truncated");
            }
            at += count;
        }
    }

    private static FileChannel openChannel(Path path) {
        try {
            if (Files.isDirectory(path)) {
                throw new NoSuchFileException(path.toString());
            }
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new NotFoundException(
                    ErrorCode.MODEL_FILE_MISSING, "There is no file " + path + "; check its name", e);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static void refusePickle(Path path) {
        Path fileName = path.getFileName();
        String name = fileName == null ? "" : fileName.toString().toLowerCase(Locale.ROOT);
        if (PICKLED.contains(name.substring(name.lastIndexOf('.') + 1))) {
            throw pickled(path);
        }
    }

    /** The begin of a zip archive, as PyTorch writes it, or of a pickle itself. */
    private static void refusePickle(Path path, ByteBuffer start) {
        boolean zip = start.get(0) == 'P' && start.get(1) == 'K' && start.get(2) == 3 && start.get(3) == 4;
        boolean pickle = start.get(0) == (byte) 0x80 && start.get(1) >= 2 && start.get(1) <= 5 && start.get(7) != 0;
        if (zip || pickle) {
            throw pickled(path);
        }
    }

    private static UnsupportedException pickled(Path path) {
        return new UnsupportedException(
                ErrorCode.UNSUPPORTED,
                "The file " + path + " is a pickled one, which can run code of its author when it is loaded; use its"
                        + " .safetensors version, or convert it with a tool you trust");
    }

    /**
     * Describes a text of a file in a form that is safe to show: short, without control characters.
     *
     * @param text the text
     * @return what of it can be part of a message
     */
    public static String shown(String text) {
        return SafetensorsHeader.shown(text);
    }

    static CorruptDataException corrupt(Path path, String reason) {
        return new CorruptDataException(ErrorCode.MODEL_FILE_CORRUPT, message(path, reason));
    }

    static CorruptDataException corrupt(Path path, String reason, Exception cause) {
        return new CorruptDataException(ErrorCode.MODEL_FILE_CORRUPT, message(path, reason), cause);
    }

    private static String message(Path path, String reason) {
        return "The file " + path + " is no valid safetensors file: " + reason + "; fetch it again";
    }

    private static RuntimeException unreadable(Path path, IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return new StoppedException(ErrorCode.CANCELLED, "Reading " + path + " was interrupted", e);
        }
        String advice = e instanceof AccessDeniedException ? "check its permissions" : "check its disk";
        return new StorageException(ErrorCode.STORE_FAILED, "The file " + path + " cannot be read; " + advice, e);
    }
}
