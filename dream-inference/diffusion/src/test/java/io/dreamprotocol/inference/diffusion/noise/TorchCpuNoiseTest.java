package io.dreamprotocol.inference.diffusion.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class TorchCpuNoiseTest {

    /** The hashes are those of torch 2.15 with AVX2 (golden data, {@code rng/torch_cpu_randn.json}). */
    @Test
    void everyBitEqualsTorchOnX86() {
        TorchCpuNoise noise = new TorchCpuNoise(42);
        assertThat(sha256(noise, 16384)).isEqualTo("e97f3de04c7c6ba86354db4402b91d4402ede9c72aabed29a96dd7d635a798ba");
        assertThat(sha256(noise, 16384)).isEqualTo("216aa0b03806136e47c7611fd250359c31f1244172d0fdda4f100f96e16b743b");
        assertThat(sha256(new TorchCpuNoise(42), 100))
                .isEqualTo("6cf7236205c5dc8d364395645d540c46afd7b7fb6fae49cdc6fa67f7830e8fd3");
        assertThat(sha256(new TorchCpuNoise(42), 5))
                .isEqualTo("af33577995d9ae23a3bed3a80bfb2c79db2803eb7e55c090eca9e39fafc79a60");
    }

    @Test
    void anEmptyDrawChangesNothing() {
        TorchCpuNoise noise = new TorchCpuNoise(42);
        noise.fill(new float[0]);
        assertThat(sha256(noise, 100)).isEqualTo("6cf7236205c5dc8d364395645d540c46afd7b7fb6fae49cdc6fa67f7830e8fd3");
    }

    private static String sha256(NoiseSource source, int size) {
        float[] values = new float[size];
        source.fill(values);
        ByteBuffer bytes = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
