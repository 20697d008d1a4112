package io.dreamprotocol.inference.diffusion.style;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.inference.diffusion.weights.SafetensorsFile;
import io.dreamprotocol.inference.diffusion.weights.StoredTensor;
import io.dreamprotocol.inference.diffusion.weights.WeightType;

/**
 * A matrix of a low-rank product. Those of half precision stay so in memory, as most styles are kept for longer than they
 * are used. Immutable.
 */
final class Factor {
    private static final short[] NO_HALVES = {};
    private static final float[] NO_FLOATS = {};

    private final int rows;
    private final int columns;
    private final WeightType type;
    private final short[] halves;
    private final float[] floats;

    private Factor(int rows, int columns, WeightType type, short[] halves, float[] floats) {
        this.rows = rows;
        this.columns = columns;
        this.type = type;
        this.halves = halves;
        this.floats = floats;
    }

    /** A matrix of these numbers, which are not copied. */
    static Factor of(int rows, int columns, float[] values) {
        if ((long) rows * columns != values.length) {
            throw new IllegalArgumentException(values.length + " numbers for " + rows + " x " + columns);
        }
        return new Factor(rows, columns, WeightType.F32, NO_HALVES, values);
    }

    /** Reads a tensor, whose first dimension becomes the rows and the others together the columns. */
    static Factor read(SafetensorsFile file, StoredTensor tensor) {
        if (tensor.shape().rank() < 2 || tensor.elements() == 0) {
            throw new CorruptDataException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "The style model " + file.path() + " has " + SafetensorsFile.shown(tensor.name()) + " of shape "
                            + tensor.shape() + " where a matrix is needed; fetch it again");
        }
        float[] values = file.floats(tensor.name());
        int rows = (int) tensor.shape().dimension(0);
        int columns = values.length / rows;
        short[] halves = new short[values.length];
        switch (tensor.type()) {
            case F16 -> {
                for (int i = 0; i < values.length; i++) {
                    halves[i] = Float.floatToFloat16(values[i]);
                }
            }
            case BF16 -> {
                for (int i = 0; i < values.length; i++) {
                    halves[i] = (short) (Float.floatToRawIntBits(values[i]) >> Short.SIZE);
                }
            }
            default -> {
                return of(rows, columns, values);
            }
        }
        return new Factor(rows, columns, tensor.type(), halves, NO_FLOATS);
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** The numbers in row-major order, in a fresh array. */
    float[] toFloats() {
        float[] values = new float[halves.length];
        switch (type) {
            case F16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.float16ToFloat(halves[i]);
                }
            }
            case BF16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.intBitsToFloat(halves[i] << Short.SIZE);
                }
            }
            default -> {
                return floats.clone();
            }
        }
        return values;
    }

    /** The numbers of the transposed matrix in row-major order, in a fresh array. */
    float[] toTransposedFloats() {
        float[] values = toFloats();
        float[] transposed = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = values[row * columns + column];
            }
        }
        return transposed;
    }
}
