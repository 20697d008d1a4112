package io.dreamprotocol.inference.diffusion.text;

/**
 * A hash table from long keys to non-negative ints, with open addressing.
 *
 * <p>Vocabularies have about 100,000 entries and are read whenever a command starts; boxed keys would cost several times
 * as long.
 */
final class LongIntTable {
    static final int ABSENT = -1;

    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private long[] keys;

    /** A value plus one, so that zero marks a free slot. */
    private int[] values;

    private int size;
    private int shift;

    LongIntTable(int expectedSize) {
        int capacity = Math.max(16, Integer.highestOneBit(expectedSize * 2 - 1) * 2);
        allocate(capacity);
    }

    private void allocate(int capacity) {
        keys = new long[capacity];
        values = new int[capacity];
        shift = Long.SIZE - Integer.numberOfTrailingZeros(capacity);
    }

    /** Sets the value of a key; the last value of a key counts. */
    void put(long key, int value) {
        if (size * 2 >= keys.length) {
            grow();
        }
        int slot = slot(key);
        if (values[slot] == 0) {
            keys[slot] = key;
            size++;
        }
        values[slot] = value + 1;
    }

    /** Returns the value of a key or {@link #ABSENT}. */
    int get(long key) {
        return values[slot(key)] - 1;
    }

    private int slot(long key) {
        int slot = (int) ((key * GOLDEN_RATIO) >>> shift);
        while (values[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & (keys.length - 1);
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldValues = values;
        allocate(oldKeys.length * 2);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
