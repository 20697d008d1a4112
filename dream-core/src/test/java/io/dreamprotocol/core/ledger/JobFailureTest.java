package io.dreamprotocol.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import org.junit.jupiter.api.Test;

class JobFailureTest {
    private static String reason(String given) {
        return new JobFailure(ErrorCode.ENGINE_FAILED, given, false).reason();
    }

    @Test
    void aReasonBecomesOneLine() {
        assertThat(reason("first\r\nsecond\tthird")).isEqualTo("first second third");
    }

    @Test
    void aLongReasonIsCut() {
        assertThat(reason("x".repeat(500))).hasSize(500);
        assertThat(reason("x".repeat(501))).hasSize(500).endsWith("...");
    }

    @Test
    void aReasonIsWellFormedUnicode() {
        assertThat(reason("half \uD83D a pair")).isEqualTo("half ? a pair");
        assertThat(reason("a whole \uD83D\uDE00")).isEqualTo("a whole \uD83D\uDE00");
        assertThat(reason("x".repeat(496) + "\uD83D\uDE00 and more")).endsWith("x?...");
    }
}
