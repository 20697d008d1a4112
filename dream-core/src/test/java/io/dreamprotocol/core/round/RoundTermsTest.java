package io.dreamprotocol.core.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleId;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTermsTest {
    private static RoundTerms terms(String title, int baseParts, int organiser, int money, int images, int compute) {
        return new RoundTerms(
                title,
                new StyleId(1),
                baseParts,
                Amount.of(1),
                Instant.ofEpochSecond(1, 1_999_999),
                organiser,
                money,
                images,
                compute);
    }

    @Test
    void aDeadlineIsInWholeMilliseconds() {
        assertThat(terms("x".repeat(100), 1, 0, 10_000, 0, 0).deadline()).isEqualTo(Instant.ofEpochMilli(1001));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two\nlines", "half a pair \ud800"})
    void aTitleIsOneLineOfText(String title) {
        InvalidInputException wrong =
                catchThrowableOfType(InvalidInputException.class, () -> terms(title, 1, 0, 10_000, 0, 0));
        assertThat(wrong.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 10000, 0, 0",
        "10001, 0, 10000, 0, 0",
        "1, 10000, 0, 0, 0",
        "1, -1, 10001, 0, 0",
        "1, 0, 10001, -1, 0",
        "1, 0, 10001, 0, -1",
        "1, 1, 10000, 0, 0",
        "1, 2147483647, 2147483647, 10002, 0"
    })
    void thePartsMakeAWhole(int baseParts, int organiser, int money, int images, int compute) {
        InvalidInputException wrong = catchThrowableOfType(
                InvalidInputException.class, () -> terms("title", baseParts, organiser, money, images, compute));
        assertThat(wrong.code()).isEqualTo(ErrorCode.INVALID_SHARES);
    }

    @Test
    void aGoalIsNotNothing() {
        InvalidInputException wrong = catchThrowableOfType(
                InvalidInputException.class,
                () -> new RoundTerms("title", new StyleId(1), 1, Amount.ZERO, Instant.EPOCH, 0, 10_000, 0, 0));
        assertThat(wrong.code()).isEqualTo(ErrorCode.INVALID_AMOUNT);
    }
}
