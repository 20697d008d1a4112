package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a user names to be read. */
final class InputFile {
    private InputFile() {}

    /** Opens it. */
    static InputStream open(String name, Arguments arguments, Context context) {
        Path file = context.resolve(name);
        if (!Files.exists(file)) {
            throw arguments.usage("There is no file " + PrintableText.oneLine(name));
        }
        if (Files.isDirectory(file)) {
            throw arguments.usage(PrintableText.oneLine(name) + " is a folder, not a file");
        }
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw FileErrors.reading(name, e);
        }
    }

    /** Reads it whole, and refuses one that is longer than a limit. */
    static Bytes whole(String name, int limit, Arguments arguments, Context context) {
        byte[] content = read(name, limit, arguments, context);
        if (content.length > limit) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "The file " + PrintableText.oneLine(name) + " is larger than " + (limit >> 20)
                            + " MiB; give a smaller one");
        }
        return Bytes.of(content);
    }

    /** Reads it whole, or one byte more than a limit if it is longer. */
    static byte[] read(String name, int limit, Arguments arguments, Context context) {
        try (InputStream in = open(name, arguments, context)) {
            return in.readNBytes(limit + 1);
        } catch (IOException e) {
            throw FileErrors.reading(name, e);
        }
    }
}
