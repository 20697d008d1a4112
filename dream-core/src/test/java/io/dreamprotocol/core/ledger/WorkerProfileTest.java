package io.dreamprotocol.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerProfileTest {
    private static void assertWrong(long memory, String endpoint) {
        InvalidInputException wrong = catchThrowableOfType(
                InvalidInputException.class, () -> new WorkerProfile(Set.of(), memory, Optional.of(endpoint)));
        assertThat(wrong.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void memoryIsNotNegative() {
        assertWrong(-1, "here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"two\nlines", "half a pair \udc00", "\0"})
    void anEndpointIsOneLineOfText(String endpoint) {
        assertWrong(0, endpoint);
    }

    @Test
    void anEndpointHasAtMostTwoHundredCharacters() {
        assertWrong(0, "x".repeat(201));
        assertThat(new WorkerProfile(Set.of(), Long.MAX_VALUE, Optional.of("x".repeat(200))).endpoint())
                .isPresent();
    }
}
