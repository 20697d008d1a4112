package io.dreamprotocol.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.money.Work;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalRequestTest {
    private static final ModelId MODEL = new ModelId("dream-mini", Bytes.sha256(new byte[0]));

    private static CanonicalRequest request(String prompt, int steps, double guidance) {
        return new CanonicalRequest(prompt, "blurry", MODEL, 128, 192, steps, guidance, 7, "DPM++ 2M");
    }

    @Test
    void theEncodingIsTheWireForm() {
        byte[] encoded = request("a fox", 20, 5).encode();

        // Written by hand from RFC 8949: a map of ten, shortest keys first.
        assertThat(Bytes.of(encoded).toHex())
                .isEqualTo("aa"
                        + ("6473656564" + "07")
                        + ("656d6f64656c" + "a2" + "646e616d65" + "6a647265616d2d6d696e69" + "66646967657374" + "5820")
                        + "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                        + ("657374657073" + "14")
                        + ("657769647468" + "1880")
                        + ("66686569676874" + "18c0")
                        + ("6670726f6d7074" + "656120666f78")
                        + ("6776657273696f6e" + "01")
                        + ("697363686564756c6572" + "6844504d2b2b20324d")
                        + ("6d67756964616e63655363616c65" + "fb4014000000000000")
                        + ("6e6e6567617469766550726f6d7074" + "66626c75727279"));
        assertThat(CanonicalRequest.decode(encoded)).isEqualTo(request("a fox", 20, 5));
    }

    @Test
    void workDoublesWithGuidance() {
        assertThat(request("a", 20, 5).work().pixelsPerStep()).isEqualTo(2L * 128 * 192);
        assertThat(request("a", 20, 1).work().pixelsPerStep()).isEqualTo(128L * 192);
    }

    @ParameterizedTest
    @CsvSource({
        "a cat, 5, 2",
        "a cat, 1, 1",
        "a cat AND a dog, 5, 3",
        "a cat AND a dog, 1, 3",
        "a cat :0.5, 1, 2",
        "a cat :1.0, 1, 1",
        "a cat AND, 5, 3",
        "a cat <lora:x AND y:1> BRAND AND a dog AND ANDY, 5, 4"
    })
    void everyPartOfAPromptIsAPrediction(String prompt, double guidance, int predictions) {
        assertThat(request(prompt, 20, guidance).predictions()).isEqualTo(predictions);
        assertThat(request(prompt, 20, guidance).work()).isEqualTo(Work.of(128, 192, 20, predictions));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "\n"})
    void anEmptyPromptIsRefused(String prompt) {
        assertThatThrownBy(() -> request(prompt, 20, 5))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PROMPT));
    }

    @Test
    void promptsHaveALimit() {
        assertThat(request("x".repeat(CanonicalRequest.MAX_PROMPT), 20, 5).prompt())
                .hasSize(10_000);
        assertThatThrownBy(() -> request("x".repeat(100_000), 20, 5))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("100000")
                .hasMessageContaining("10000");
    }

    @Test
    void halfACharacterIsRefused() {
        assertThatThrownBy(() -> request("a \uD83D fox", 20, 5))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("surrogate");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1001, 10_000, Integer.MIN_VALUE})
    void stepsHaveLimits(int steps) {
        assertThatThrownBy(() -> request("a", steps, 5))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_STEPS));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -0.1, 100.1})
    void guidanceHasLimits(double guidance) {
        assertThatThrownBy(() -> request("a", 20, guidance))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_GUIDANCE));
    }

    @Test
    void anyTruncationIsRefused() {
        byte[] encoded = request("a fox", 20, 5).encode();
        for (int length = 0; length < encoded.length; length++) {
            byte[] part = Arrays.copyOf(encoded, length);
            assertThatThrownBy(() -> CanonicalRequest.decode(part)).isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void whatIsLeftOpenFollowsFromTheModel() {
        ModelDescriptor descriptor = new ModelDescriptor(
                MODEL,
                "stable-diffusion-1",
                List.of(),
                new ModelDefaults(128, 128, 20, 5, "DPM++ 2M"),
                new ModelLimits(8, 64, 512, 512 * 512),
                List.of("DPM++ 2M", "Euler a", "DPM++ 2M Karras"));

        CanonicalRequest complete = GenerationRequest.of("a fox")
                .withWidth(192)
                .withScheduler("euler_a")
                .complete(descriptor, 99);

        assertThat(complete).isEqualTo(new CanonicalRequest("a fox", "", MODEL, 192, 128, 20, 5, 99, "Euler a"));
        assertThat(descriptor.canonicalScheduler("dpmpp-2m-karras")).isEqualTo("DPM++ 2M Karras");
        assertThatThrownBy(() -> descriptor.canonicalScheduler("magic"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Euler a");
        assertThatThrownBy(() -> GenerationRequest.of("a fox").withWidth(130).complete(descriptor, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("try 128x128");
        assertThatThrownBy(() -> GenerationRequest.of("a fox")
                        .withWidth(4096)
                        .withHeight(4096)
                        .complete(descriptor, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("try 512x512");
    }
}
