package io.dreamprotocol.inference.images;

import java.util.Arrays;

/** A picture cut into single pixels and runs that repeat earlier ones, as LZ77 does. */
final class PixelRuns {
    /** The longest run that the format can state. */
    private static final int MAX_LENGTH = 4096;

    /** The farthest pixel that the format can refer to, less those that have numbers of their own. */
    private static final int MAX_DISTANCE = (1 << 20) - 120;

    /** Shorter runs take as many bits as their pixels. */
    private static final int MIN_LENGTH = 4;

    private static final int HASH_BITS = 16;

    /** How many earlier places with the same hash are tried. */
    private static final int TRIES = 16;

    private final int[] lengths;
    private final int[] distances;
    private final int count;

    private PixelRuns(int[] lengths, int[] distances, int count) {
        this.lengths = lengths;
        this.distances = distances;
        this.count = count;
    }

    /** Cuts a picture into single pixels. */
    static PixelRuns literal(int pixels) {
        int[] lengths = new int[pixels];
        Arrays.fill(lengths, 1);
        return new PixelRuns(lengths, new int[pixels], pixels);
    }

    /** Cuts a picture into the longest runs that are found, from the start on. */
    static PixelRuns find(int[] pixels) {
        int[] lengths = new int[pixels.length];
        int[] distances = new int[pixels.length];
        int[] newest = new int[1 << HASH_BITS];
        Arrays.fill(newest, -1);
        int[] older = new int[pixels.length];
        int count = 0;
        int at = 0;
        while (at < pixels.length) {
            int longest = MIN_LENGTH - 1;
            int distance = 0;
            if (at + MIN_LENGTH <= pixels.length) {
                int candidate = newest[hash(pixels, at)];
                for (int i = 0; i < TRIES && candidate >= 0 && at - candidate <= MAX_DISTANCE; i++) {
                    int length = sameLength(pixels, candidate, at);
                    if (length > longest) {
                        longest = length;
                        distance = at - candidate;
                    }
                    candidate = older[candidate];
                }
            }
            int length = distance == 0 ? 1 : longest;
            lengths[count] = length;
            distances[count++] = distance;
            for (int stop = at + length; at < stop; at++) {
                if (at + MIN_LENGTH <= pixels.length) {
                    int hash = hash(pixels, at);
                    older[at] = newest[hash];
                    newest[hash] = at;
                }
            }
        }
        return new PixelRuns(lengths, distances, count);
    }

    private static int hash(int[] pixels, int at) {
        int mixed = pixels[at];
        for (int i = 1; i < MIN_LENGTH; i++) {
            mixed = mixed * 0x2C1B3C6D + pixels[at + i];
        }
        return (mixed * 0x297A2D39) >>> (32 - HASH_BITS);
    }

    private static int sameLength(int[] pixels, int earlier, int at) {
        int most = Math.min(MAX_LENGTH, pixels.length - at);
        int length = 0;
        while (length < most && pixels[earlier + length] == pixels[at + length]) {
            length++;
        }
        return length;
    }

    int count() {
        return count;
    }

    boolean isLiteral(int run) {
        return distances[run] == 0;
    }

    int length(int run) {
        return lengths[run];
    }

    /** How many pixels back those lie that a run repeats; 0 for a single pixel. */
    int distance(int run) {
        return distances[run];
    }
}
