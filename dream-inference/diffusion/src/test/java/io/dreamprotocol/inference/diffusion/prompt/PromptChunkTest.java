package io.dreamprotocol.inference.diffusion.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.inference.diffusion.GoldenFiles;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/** Words of several vectors at the border of a chunk, by the rule of the AUTOMATIC1111 web UI (modules/sd_hijack_clip.py). */
class PromptChunkTest {
    private static final int FIRST = 50_000;
    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load(GoldenFiles.clipTokenizer());

    @Test
    void aWordThatFitsStaysInItsChunk() {
        assertPlaces(chunks(71 + 4, "zqtoy"), 72, -1);
    }

    @Test
    void aWordThatWouldBeCutMovesWholeIntoTheNextChunk() {
        assertPlaces(chunks(72 + 4, "zqtoy"), -1, 1);
        assertPlaces(chunks(75 + 4, "zqtoy"), -1, 1);
    }

    @Test
    void theWordMovesAloneEvenBehindAComma() {
        String text = "cat ".repeat(71) + ", zqtoy cat";
        List<PromptChunk> chunks = PromptChunk.of(text, with("zqtoy", 4));
        assertPlaces(chunks, -1, 1);
        assertThat(chunks.get(0).ids()[72]).isEqualTo(TOKENIZER.idOf(",</w>").orElseThrow());
        assertThat(chunks.get(0).ids()[73]).isEqualTo(TOKENIZER.eosTokenId());
    }

    @Test
    void atAFullChunkWhatIsBehindTheCommaMovesWithTheWord() {
        String text = "cat ".repeat(72) + ", dog dog zqtoy";
        List<PromptChunk> chunks = PromptChunk.of(text, with("zqtoy", 4));
        assertPlaces(chunks, -1, 3);
        assertThat(chunks.get(1).ids()[1]).isEqualTo(TOKENIZER.idOf("dog</w>").orElseThrow());
    }

    @Test
    void theWeightCoversTheWholeWord() {
        List<PromptChunk> chunks = PromptChunk.of("a (zqtoy:1.5) b", with("zqtoy", 3));
        assertThat(Arrays.copyOf(chunks.getFirst().weights(), 7)).containsExactly(1, 1, 1.5, 1.5, 1.5, 1, 1);
    }

    @Test
    void aWordLargerThanAChunkIsRefused() {
        assertThat(PromptChunk.of("cat zqtoy", with("zqtoy", 75))).hasSize(2);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> PromptChunk.of("zqtoy", with("zqtoy", 76)))
                .withMessageContaining("76 vectors");
    }

    /** Chunks of a text of so many tokens, four of which are the word at its end. */
    private static List<PromptChunk> chunks(int tokens, String word) {
        return PromptChunk.of("cat ".repeat(tokens - 4) + word, with(word, 4));
    }

    private static ClipTokenizer with(String word, int vectors) {
        SequencedMap<String, Integer> added = new LinkedHashMap<>();
        added.put(word, vectors);
        return TOKENIZER.withAddedTokens(FIRST, added);
    }

    /** Where the word's first id stands in two chunks; -1 for a chunk without it. The others follow it. */
    private static void assertPlaces(List<PromptChunk> chunks, int... places) {
        for (int chunk = 0; chunk < places.length; chunk++) {
            int[] ids = chunk < chunks.size() ? chunks.get(chunk).ids() : new int[0];
            int place = -1;
            for (int i = 0; i < ids.length; i++) {
                if (ids[i] == FIRST) {
                    place = i;
                }
            }
            assertThat(place).as("place in chunk %d", chunk).isEqualTo(places[chunk]);
            if (place >= 0) {
                assertThat(Arrays.copyOfRange(ids, place, place + 4))
                        .containsExactly(FIRST, FIRST + 1, FIRST + 2, FIRST + 3);
            }
        }
    }
}
