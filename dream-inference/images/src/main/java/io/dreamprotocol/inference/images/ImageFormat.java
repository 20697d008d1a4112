package io.dreamprotocol.inference.images;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A format in which pictures are written. */
public enum ImageFormat {
    /** PNG, without loss. */
    PNG("png"),
    /** JPEG, with loss. */
    JPEG("jpg", "jpeg"),
    /** WebP, without loss. */
    WEBP("webp");

    private final String ending;
    private final String otherEnding;

    ImageFormat(String ending) {
        this(ending, ending);
    }

    ImageFormat(String ending, String otherEnding) {
        this.ending = ending;
        this.otherEnding = otherEnding;
    }

    /**
     * Finds the format of a file's name.
     *
     * @param name the name, whose ending counts in upper or lower case
     * @return the format, or empty if the ending is of none
     */
    public static Optional<ImageFormat> ofName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> lower.endsWith("." + format.ending) || lower.endsWith("." + format.otherEnding))
                .findFirst();
    }
}
