package io.dreamprotocol.inference.hub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShownTest {
    @Test
    void textIsShortAndOfOneLine() {
        assertThat(Shown.of("a\r\n\u001b\u202eb")).isEqualTo("a    b");
        assertThat(Shown.of("x".repeat(1000), 3)).isEqualTo("xxx...");
        assertThat(Shown.of("\uD83D\uDE00\uD83D\uDE00", 1)).isEqualTo("\uD83D\uDE00...");
    }

    @Test
    void bytesAreShownInTheirUnit() {
        assertThat(Shown.bytes(0)).isEqualTo("0 bytes");
        assertThat(Shown.bytes(999)).isEqualTo("999 bytes");
        assertThat(Shown.bytes(1000)).isEqualTo("1.0 kB");
        assertThat(Shown.bytes(999_999)).isEqualTo("1.0 MB");
        assertThat(Shown.bytes(3_456_789_012L)).isEqualTo("3.5 GB");
        assertThat(Shown.bytes(Long.MAX_VALUE)).endsWith(" TB");
    }
}
