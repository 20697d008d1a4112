package io.dreamprotocol.inference.diffusion.noise;

/**
 * The 32-bit Mersenne Twister MT19937, seeded by its {@code init_genrand}.
 *
 * <p>Source: Matsumoto and Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random number
 * generator", ACM TOMACS 8 (1998), with the initialisation of 2002.
 */
final class MersenneTwister {
    private static final int SIZE = 624;
    private static final int SHIFT = 397;
    private static final int UPPER_BIT = 0x80000000;
    private static final int LOWER_BITS = 0x7FFFFFFF;
    private static final int TWIST = 0x9908B0DF;

    private final int[] state = new int[SIZE];
    private int position = SIZE;

    MersenneTwister(int seed) {
        state[0] = seed;
        for (int i = 1; i < SIZE; i++) {
            int previous = state[i - 1];
            state[i] = 1812433253 * (previous ^ (previous >>> 30)) + i;
        }
    }

    /** Returns the next 32 bits. */
    int next() {
        if (position == SIZE) {
            refill();
        }
        int word = state[position++];
        word ^= word >>> 11;
        word ^= (word << 7) & 0x9D2C5680;
        word ^= (word << 15) & 0xEFC60000;
        return word ^ (word >>> 18);
    }

    private void refill() {
        for (int i = 0; i < SIZE - SHIFT; i++) {
            state[i] = state[i + SHIFT] ^ twisted(state[i], state[i + 1]);
        }
        for (int i = SIZE - SHIFT; i < SIZE - 1; i++) {
            state[i] = state[i + SHIFT - SIZE] ^ twisted(state[i], state[i + 1]);
        }
        state[SIZE - 1] = state[SHIFT - 1] ^ twisted(state[SIZE - 1], state[0]);
        position = 0;
    }

    private static int twisted(int upper, int lower) {
        int word = (upper & UPPER_BIT) | (lower & LOWER_BITS);
        return (word >>> 1) ^ (-(word & 1) & TWIST);
    }
}
