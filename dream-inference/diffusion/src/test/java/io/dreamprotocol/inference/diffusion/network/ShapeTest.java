package io.dreamprotocol.inference.diffusion.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void openDimensionsAcceptAnySize() {
        Shape declared = Shape.of(Shape.DYNAMIC, 4, Shape.DYNAMIC);

        assertThat(declared.accepts(Shape.of(2, 4, 8))).isTrue();
        assertThat(declared.accepts(Shape.of(2, Shape.DYNAMIC, 8))).isTrue();
        assertThat(declared.accepts(Shape.of(2, 5, 8))).isFalse();
        assertThat(declared.accepts(Shape.of(2, 4))).isFalse();
    }

    @Test
    void shapesOfTheSameDimensionsAreEqual() {
        assertThat(Shape.of(1, 2)).isEqualTo(Shape.of(1, 2)).hasSameHashCodeAs(Shape.of(1, 2));
        assertThat(Shape.of(1, 2)).isNotEqualTo(Shape.of(2, 1));
    }

    @Test
    void messagesShowOpenDimensionsAsQuestionMarks() {
        assertThat(Shape.of(Shape.DYNAMIC, 4)).hasToString("[?, 4]");
        assertThat(new TensorInfo(ElementType.FLOAT16, Shape.of(1, 4))).hasToString("float16 [1, 4]");
    }

    @Test
    void aDimensionBelowOpenIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.of(-2));
    }
}
