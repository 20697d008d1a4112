package io.dreamprotocol.inference.diffusion.noise;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;

/** Where the numbers of an image's noise come from: the same seed gives other noise, and another image, for each kind. */
public enum NoiseKind {
    /** Torch's generator on the CPU, as diffusers uses it in its examples: only the low 32 bits of the seed count. */
    CPU,

    /** Torch's generator on an NVIDIA GPU (Philox), which AUTOMATIC1111 uses unless told otherwise. */
    GPU,

    /** NumPy's legacy {@code RandomState}, as pipelines without torch use it: seeds from 0 to 4294967295. */
    NUMPY;

    private static final long LARGEST_NUMPY_SEED = 0xFFFFFFFFL;

    /**
     * Returns a new source of noise at its beginning.
     *
     * @param seed any number for {@link #CPU} and {@link #GPU}, 0 to 4294967295 for {@link #NUMPY}
     * @return the source
     * @throws InvalidInputException if the seed is out of the kind's range
     */
    public NoiseSource source(long seed) {
        return switch (this) {
            case CPU -> new TorchCpuNoise(seed);
            case GPU -> new CudaPhiloxNoise(seed);
            case NUMPY -> {
                if (seed < 0 || seed > LARGEST_NUMPY_SEED) {
                    throw new InvalidInputException(
                            ErrorCode.INVALID_REQUEST,
                            "Seed " + seed + " does not exist in NumPy noise: choose one from 0 to "
                                    + LARGEST_NUMPY_SEED + " or another kind of noise");
                }
                yield new NumpyNoise((int) seed);
            }
        };
    }
}
