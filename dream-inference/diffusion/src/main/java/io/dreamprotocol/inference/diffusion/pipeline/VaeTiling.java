package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.inference.diffusion.model.VaeConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * How an autoencoder works on a picture in overlapping tiles, which need less memory than the whole at once. Neighbours fade into
 * each other linearly.
 *
 * <p>Whether a picture is cut depends on its size alone, not on the memory that happens to be free, so that the same request gives
 * the same picture everywhere.
 *
 * @param tile the side of a tile, in elements of the latents
 * @param overlap by how much neighbours overlap at least
 * @param wholeBytes the most memory that a picture may need to be worked on whole
 */
record VaeTiling(int tile, int overlap, double wholeBytes) {
    /**
     * 96 elements are 768 pixels of Stable Diffusion. Up to 8 GiB, which is enough for 1152x1152 pixels of it, pictures stay whole.
     */
    static final VaeTiling DEFAULT = new VaeTiling(96, 32, 8.0 * (1L << 30));

    /** Refuses tiles that do not go forward. */
    VaeTiling {
        if (overlap < 1 || tile <= overlap) {
            throw new IllegalArgumentException("tiles of " + tile + " with an overlap of " + overlap);
        }
    }

    /** Whether latents of this size are worked on in tiles. */
    boolean cuts(VaeConfig vae, int height, int width) {
        return (height > tile || width > tile) && MemoryNeed.decoding(vae, height, width) > wholeBytes;
    }

    /**
     * The tiles along one side of a picture.
     *
     * @param length the elements of the side
     * @param factor how many numbers of the result an element stands for
     * @param seamless whether the side's ends are joined, so that tiles go over them
     */
    List<Span> spans(int length, int factor, boolean seamless) {
        int around = seamless ? length : length - overlap;
        int count = length <= tile ? 1 : Math.ceilDiv(around, tile - overlap);
        int side = Math.min(tile, length);
        int last = seamless ? length - Math.ceilDiv(length, count) : length - side;
        double[] sums = new double[length * factor];
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int start = count == 1 ? 0 : (int) ((long) i * last / (count - 1));
            starts.add(start);
            for (int at = 0; at < side * factor; at++) {
                sums[(start * factor + at) % sums.length] += weight(at, side * factor, factor);
            }
        }
        List<Span> spans = new ArrayList<>();
        for (int start : starts) {
            float[] shares = new float[side * factor];
            for (int at = 0; at < shares.length; at++) {
                shares[at] = (float) (weight(at, shares.length, factor) / sums[(start * factor + at) % sums.length]);
            }
            spans.add(new Span(start, side, shares));
        }
        return spans;
    }

    /** How much a tile counts at one of its places: more from its edges on, until it counts full. */
    private double weight(int at, int length, int factor) {
        return Math.min(1, (Math.min(at, length - 1 - at) + 0.5) / (overlap * factor));
    }

    /**
     * One tile along one side.
     *
     * @param start its first element
     * @param length its elements
     * @param shares its share in each number of the result, which adds up to 1 with those of its neighbours
     */
    @SuppressWarnings("ArrayRecordComponent") // spans are made and used in one place, and never compared
    record Span(int start, int length, float[] shares) {}

    /** Works on one tile. */
    @FunctionalInterface
    interface TileWork {
        /** Returns the result's numbers for a tile, channel after channel. */
        float[] of(Span rows, Span columns);
    }

    /**
     * Works on all tiles, and joins the results.
     *
     * @param height the latents' height
     * @param width the latents' width
     * @param channels the channels of the result
     * @param factor how many of the result's rows and columns an element of the latents stands for
     * @param seamless whether opposite edges are joined, so that tiles go over them
     */
    float[] join(int height, int width, int channels, int factor, boolean seamless, TileWork work) {
        int resultWidth = width * factor;
        float[] joined = new float[channels * height * factor * resultWidth];
        List<Span> columnSpans = spans(width, factor, seamless);
        for (Span rows : spans(height, factor, seamless)) {
            for (Span columns : columnSpans) {
                add(work.of(rows, columns), rows, columns, factor, joined, resultWidth, channels);
            }
        }
        return joined;
    }

    private static void add(
            float[] result, Span rows, Span columns, int factor, float[] joined, int resultWidth, int channels) {
        int plane = joined.length / channels;
        int at = 0;
        for (int channel = 0; channel < channels; channel++) {
            for (int row = 0; row < rows.shares.length; row++) {
                int to = channel * plane + (rows.start * factor + row) * resultWidth % plane;
                for (int column = 0; column < columns.shares.length; column++) {
                    int place = (columns.start * factor + column) % resultWidth;
                    joined[to + place] += rows.shares[row] * columns.shares[column] * result[at++];
                }
            }
        }
    }

    /** Cuts a tile out of an image, channel after channel; beyond an edge the image goes on at the opposite one. */
    static float[] cut(float[] image, int channels, int height, int width, Span rows, Span columns, int factor) {
        int plane = height * width;
        int cutWidth = columns.length * factor;
        float[] tile = new float[channels * rows.length * factor * cutWidth];
        int at = 0;
        for (int channel = 0; channel < channels; channel++) {
            for (int row = 0; row < rows.length * factor; row++) {
                int from = channel * plane + (rows.start * factor + row) % height * width;
                int left = columns.start * factor;
                int first = Math.min(cutWidth, width - left);
                System.arraycopy(image, from + left, tile, at, first);
                System.arraycopy(image, from, tile, at + first, cutWidth - first);
                at += cutWidth;
            }
        }
        return tile;
    }
}
