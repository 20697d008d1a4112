package io.dreamprotocol.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.dreamprotocol.core.encoding.Bytes;
import org.junit.jupiter.api.Test;

class InfotextTest {
    private static final ModelId MODEL = new ModelId("dream-mini", Bytes.sha256(new byte[] {1}));

    private static CanonicalRequest request(String scheduler) {
        return new CanonicalRequest("a red apple", "blurry", MODEL, 128, 96, 20, 5.5, 7, scheduler);
    }

    @Test
    void describesARequestInTheTermsOfTheWebUi() {
        assertThat(Infotext.of(request("DPM++ 2M Karras")))
                .hasToString("a red apple\nNegative prompt: blurry\n"
                        + "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 5.5, Seed: 7, Size: 128x96, "
                        + "Model hash: 4bf5122f34, Model: dream-mini, RNG: CPU, Version: dream 1");
    }

    @Test
    void namesTheScheduleTypeThatTheWebUiWouldNotGuess() {
        assertThat(Infotext.of(request("DPM++ 2M")).fields())
                .contains(entry("Sampler", "DPM++ 2M"), entry("Schedule type", "Uniform"));
        assertThat(Infotext.of(request("Euler a SGM Uniform")).fields())
                .contains(entry("Sampler", "Euler a"), entry("Schedule type", "SGM Uniform"));
    }

    @Test
    void leavesTheScheduleTypeOpenWhereTheModelsOwnOptionsDecide() {
        assertThat(Infotext.of(request("PNDMScheduler")).fields())
                .containsEntry("Sampler", "PNDMScheduler")
                .doesNotContainKey("Schedule type");
    }

    @Test
    void readsBackWhatItWrote() {
        Infotext text = Infotext.of(request("UniPC Beta"));

        assertThat(Infotext.parse(text.toString())).isEqualTo(text);
    }

    @Test
    void longLinesWithoutPairsAreReadInNoTime() {
        for (String part : new String[] {"a", " ", "a: ", "\"", "a: \"", "ab: \"\\", ","}) {
            String text = "prompt\n" + part.repeat((1 << 20) / part.length()) + "x";

            assertThat(Infotext.parse(text).prompt()).startsWith("prompt");
        }
    }
}
