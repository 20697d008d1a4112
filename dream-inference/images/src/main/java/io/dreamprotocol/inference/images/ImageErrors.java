package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.UnsupportedException;
import org.jspecify.annotations.Nullable;

/** The errors of image files. */
final class ImageErrors {
    private ImageErrors() {}

    /** The error of a file that is not what it begins as. */
    static CorruptDataException malformed(String format, String what) {
        return malformed(format, what, null);
    }

    static CorruptDataException malformed(String format, String what, @Nullable Exception cause) {
        String message = "Not a usable " + format + " file: " + what;
        return cause == null
                ? new CorruptDataException(ErrorCode.IMAGE_MALFORMED, message)
                : new CorruptDataException(ErrorCode.IMAGE_MALFORMED, message, cause);
    }

    /** The error of a file that may be good, but is of a kind that is not read here. */
    static UnsupportedException unsupported(String what) {
        return new UnsupportedException(ErrorCode.UNSUPPORTED, what + " cannot be read here; convert it to PNG");
    }

    /** Refuses pictures that are too large, before memory is taken for them. */
    static void checkSize(String format, long width, long height) {
        if (width < 1 || height < 1) {
            throw malformed(format, "its picture has no pixels");
        }
        // A product of two sides of more than 31 bits would overflow.
        if (width > ImageFiles.MAX_PIXELS || height > ImageFiles.MAX_PIXELS || width * height > ImageFiles.MAX_PIXELS) {
            throw malformed(
                    format,
                    "its picture of " + width + "x" + height + " has more than " + ImageFiles.MAX_PIXELS
                            + " pixels; scale it down first");
        }
    }

    /** The error of a picture or text that does not fit into a kind of file. */
    static InvalidInputException doesNotFit(String message) {
        return new InvalidInputException(ErrorCode.INVALID_REQUEST, message);
    }
}
