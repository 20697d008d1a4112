package io.dreamprotocol.inference.diffusion.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BOOL")
    void numbersComeBackInEveryFormat(ElementType type) {
        Tensor tensor = Tensor.zeros(type, 2, 3);
        tensor.put(1, new float[] {9, 1, 2, -3}, 1, 3);

        assertThat(tensor.toFloats()).containsExactly(0, 1, 2, -3, 0, 0);
        assertThat(tensor.bytes().remaining()).isEqualTo(6 * type.bytes());
        float[] target = new float[4];
        tensor.get(2, target, 1, 2);
        assertThat(target).containsExactly(0, 2, -3, 0);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BOOL")
    void wholeNumbersAndOneNumberForAllFit(ElementType type) {
        Tensor tensor = Tensor.zeros(type, 3);
        tensor.fill(7);
        tensor.put(1, new int[] {5});

        assertThat(tensor.toFloats()).containsExactly(7, 5, 7);
    }

    @Test
    void allButZeroIsTrue() {
        Tensor tensor = Tensor.zeros(ElementType.BOOL, 2, 2);
        tensor.put(0, new float[] {0.5f, 0}, 0, 2);
        tensor.put(2, new int[] {-3, 0});

        assertThat(tensor.toFloats()).containsExactly(1, 0, 1, 0);
        assertThat(tensor.bytes().remaining()).isEqualTo(4);
        tensor.fill(2);
        assertThat(tensor.toFloats()).containsOnly(1);
    }

    @Test
    void integersDropTheFraction() {
        Tensor tensor = Tensor.zeros(ElementType.INT64, 2);
        tensor.put(0, new float[] {1.9f, -1.9f}, 0, 2);
        assertThat(tensor.toFloats()).containsExactly(1, -1);

        tensor.fill(906.78);
        assertThat(tensor.toFloats()).containsExactly(906, 906);
    }

    @Test
    void halfPrecisionRoundsToTheNearestNumber() {
        Tensor tensor = Tensor.zeros(ElementType.FLOAT16, 1);
        tensor.put(0, new float[] {0.1f}, 0, 1);

        assertThat(tensor.toFloats()[0]).isEqualTo(0.099975586f);
    }

    @Test
    void aScalarHasOneElement() {
        assertThat(Tensor.zeros(ElementType.FLOAT32).toFloats()).containsExactly(0);
    }

    @Test
    void wrappedMemoryIsShared() {
        ByteBuffer memory = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        Tensor tensor = Tensor.wrap(ElementType.FLOAT32, Shape.of(2), memory);
        memory.putFloat(4, 3);

        assertThat(tensor.toFloats()).containsExactly(0, 3);
    }

    @Test
    void memoryThatAnEngineCannotUseIsRefused() {
        ByteBuffer heap = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        ByteBuffer small = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
        ByteBuffer foreign = ByteBuffer.allocateDirect(8)
                .order(
                        ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                                ? ByteOrder.LITTLE_ENDIAN
                                : ByteOrder.BIG_ENDIAN);

        for (ByteBuffer memory : new ByteBuffer[] {heap, small, foreign}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Tensor.wrap(ElementType.FLOAT32, Shape.of(2), memory));
        }
    }

    @Test
    void rangesOutOfBoundsAreRefused() {
        Tensor tensor = Tensor.zeros(ElementType.FLOAT32, 2);

        assertThatThrownBy(() -> tensor.put(1, new float[2], 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensor.put(0, new float[1], 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensor.put(0, new int[3])).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensor.get(0, new float[1], 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aTensorTooLargeForOneBufferIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Tensor.zeros(ElementType.FLOAT32, 1 << 16, 1 << 16));
        assertThatIllegalArgumentException().isThrownBy(() -> Tensor.zeros(ElementType.INT64, 1 << 30));
        assertThatIllegalArgumentException().isThrownBy(() -> Tensor.zeros(ElementType.FLOAT32, Shape.DYNAMIC));
        assertThatIllegalArgumentException().isThrownBy(() -> Tensor.of(new float[3], 2, 2));
    }
}
