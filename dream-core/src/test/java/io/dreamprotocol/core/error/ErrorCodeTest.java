package io.dreamprotocol.core.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {
    @Test
    void numbersAndNamesAreUniqueAndFitAnExitStatus() {
        List<ErrorCode> codes = Arrays.asList(ErrorCode.values());
        assertThat(codes).extracting(ErrorCode::number).doesNotHaveDuplicates().allMatch(n -> n >= 10 && n <= 119);
        assertThat(codes).extracting(ErrorCode::id).doesNotHaveDuplicates().allMatch(id -> id.matches("[a-z-]+"));
    }
}
