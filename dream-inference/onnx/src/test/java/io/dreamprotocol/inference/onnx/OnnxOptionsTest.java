package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxOptionsTest {
    @Test
    void whatIsAbsentKeepsItsDefault() {
        assertThat(OnnxOptions.of(Map.of())).isEqualTo(OnnxOptions.defaults());
        assertThat(OnnxOptions.defaults().provider()).isEqualTo(ExecutionProvider.CPU);
        assertThat(OnnxOptions.defaults().fallback()).isFalse();
        assertThat(OnnxOptions.defaults().threads())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void everySettingIsRead() {
        Map<String, String> settings =
                Map.of("provider", "TensorRT", "device", "1", "fallback", "true", "threads", "3");

        assertThat(OnnxOptions.of(settings)).isEqualTo(new OnnxOptions(ExecutionProvider.TENSORRT, 1, true, 3));
    }

    @ParameterizedTest
    @CsvSource({
        "provider,gpu",
        "provider,''",
        "device,-1",
        "device,one",
        "threads,0",
        "threads,1025",
        "threads,2.5",
        "fallback,yes"
    })
    void aWrongSettingIsNamed(String name, String value) {
        InvalidInputException error =
                catchThrowableOfType(InvalidInputException.class, () -> OnnxOptions.of(Map.of(name, value)));

        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(error.getMessage()).contains(name.equals("provider") ? "execution provider" : name, value);
    }

    @Test
    void anUnknownSettingIsNamed() {
        InvalidInputException error =
                catchThrowableOfType(InvalidInputException.class, () -> OnnxOptions.of(Map.of("speed", "fast")));

        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(error.getMessage()).contains("speed", "threads");
    }
}
