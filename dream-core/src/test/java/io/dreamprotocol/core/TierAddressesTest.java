package io.dreamprotocol.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TierAddressesTest {
    @Test
    void theFirstIsNearAndTheOthersBehindIt() {
        TierAddresses tiers = TierAddresses.parse("tiers:embedded:./a,b?quota=20GB,ipfs:http://127.0.0.1:5001?search=0,"
                + "gateway:https://one.example,gateway:https://two.example/x,y");
        assertThat(tiers.near()).isEqualTo(BackendAddress.parse("embedded:./a,b?quota=20GB"));
        assertThat(tiers.far())
                .containsExactly(
                        BackendAddress.parse("ipfs:http://127.0.0.1:5001?search=0"),
                        BackendAddress.parse("gateway:https://one.example"),
                        BackendAddress.parse("gateway:https://two.example/x,y"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tiers:", "tiers:embedded:./data", "tiers:embedded,ipfs:http://a", "tiers:,embedded:./data"})
    void otherListsAreRefused(String text) {
        assertInvalid(text);
    }

    @Test
    void thereAreNotTooMany() {
        assertInvalid("tiers:embedded:a" + ",ipfs:http://a".repeat(TierAddresses.MAX_TIERS));
    }

    private static void assertInvalid(String text) {
        assertThatThrownBy(() -> TierAddresses.parse(text))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
    }
}
