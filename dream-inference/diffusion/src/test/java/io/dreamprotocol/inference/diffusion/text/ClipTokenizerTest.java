package io.dreamprotocol.inference.diffusion.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.inference.diffusion.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs on a tiny vocabulary: all bytes, the merges of "cat", "th" and "the", and the two marks. */
class ClipTokenizerTest {
    private static final int CAT = 513;
    private static final int THE = 515;
    private static final int BOS = 516;
    private static final int EOS = 517;
    private static final List<String> MERGES = List.of("c a", "ca t</w>", "t h", "th e</w>");

    @TempDir
    Path folder;

    @BeforeEach
    void writeTokenizer() throws IOException {
        write("vocab.json", vocabulary());
        write("merges.txt", "#version: 0.2\n" + String.join("\n", MERGES) + "\n");
    }

    @Test
    void wordsAreMergedBestRankFirst() {
        assertThat(load().encode("the cat")).containsExactly(BOS, THE, CAT, EOS);
        assertThat(load().encodePart("THE\n\tCat")).containsExactly(THE, CAT);
        assertThat(load().countTokens("thecat")).isEqualTo(3);
    }

    @Test
    void aShortPromptIsPaddedAndALongOneCutBeforeItsEnd() {
        ClipTokenizer tokenizer = load();
        assertThat(tokenizer.encodePadded("cat"))
                .hasSize(77)
                .startsWith(BOS, CAT, EOS, EOS)
                .endsWith(EOS);
        assertThat(tokenizer.encodePadded("cat ".repeat(75))).hasSize(77).endsWith(CAT, EOS);
        assertThat(tokenizer.encodePadded("cat ".repeat(200))).hasSize(77).endsWith(CAT, EOS);
    }

    @Test
    void settingsNameLengthAndPadding() throws IOException {
        write("tokenizer_config.json", "{\"model_max_length\": 5, \"pad_token\": \"!\"}");
        assertThat(load().encodePadded("cat")).containsExactly(BOS, CAT, EOS, 0, 0);
        assertThat(load().modelMaxLength()).isEqualTo(5);
        assertThat(load().padTokenId()).isZero();
    }

    /** So the Python stack reads the second tokenizer of SDXL: its padding is a special token, also within a prompt. */
    @Test
    void paddingGivenAsATextIsOneTokenInAPromptToo() throws IOException {
        assertThat(load().encodePart("cat!")).doesNotContain(0);
        write("special_tokens_map.json", "{\"pad_token\": \"!\"}");
        assertThat(load().encodePart("cat!")).containsExactly(CAT, 0);
    }

    @Test
    void marksWrittenInAPromptAreOneTokenIfTheFilesSayHowToMatchThem() throws IOException {
        assertThat(load().encodePart("<|endoftext|>")).containsExactly(EOS);
        assertThat(load().encodePart("<|ENDOFTEXT|>")).hasSizeGreaterThan(1);
        write(
                "special_tokens_map.json",
                "{\"eos_token\": {\"content\": \"<|endoftext|>\", \"normalized\": true, \"lstrip\": false}}");
        assertThat(load().encodePart("cat<|ENDOFTEXT|>cat")).containsExactly(CAT, EOS, CAT);
    }

    @Test
    void addedTokensAreFoundLongestFirst() {
        ClipTokenizer tokenizer = load().withAddedTokens(600, added("<Cat>", 1, "<Cat>s", 3));
        assertThat(tokenizer.vocabularySize()).isEqualTo(604);
        assertThat(tokenizer.encodePart("the <cat>s<CAT>cat")).containsExactly(THE, 601, 602, 603, 600, CAT);
        assertThat(tokenizer.idOf("<Cat>s")).hasValue(601);
        assertThat(load().idOf("<Cat>s")).isEmpty();
    }

    @Test
    void anAddedWordIsNotFoundInALongerOne() {
        ClipTokenizer tokenizer = load().withAddedTokens(600, added("zq", 2));
        assertThat(tokenizer.encodePart("zq")).containsExactly(600, 601);
        assertThat(tokenizer.encodePart("(ZQ),zq5"))
                .contains(600, 601)
                .satisfies(ids -> assertThat(
                                Arrays.stream(ids).filter(id -> id == 600).count())
                        .isEqualTo(2));
        assertThat(tokenizer.encodePart("zqs azq")).doesNotContain(600, 601);
        assertThat(tokenizer.idsFrom(600)).isEqualTo(2);
        assertThat(tokenizer.idsFrom(601)).isOne();
        assertThat(tokenizer.idsFrom(THE)).isOne();
    }

    @Test
    void tokensThatCannotBeAddedAreRefused() {
        ClipTokenizer tokenizer = load().withAddedTokens(518, added("<Cat>", 2));
        assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.withAddedTokens(520, added("<Cat>", 1)));
        assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.withAddedTokens(520, added(" ", 1)));
        assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.withAddedTokens(520, added("<dog>", 0)));
        assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.withAddedTokens(519, added("<dog>", 1)));
    }

    private static SequencedMap<String, Integer> added(Object... textsAndCounts) {
        SequencedMap<String, Integer> added = new LinkedHashMap<>();
        for (int i = 0; i < textsAndCounts.length; i += 2) {
            added.put((String) textsAndCounts[i], (Integer) textsAndCounts[i + 1]);
        }
        return added;
    }

    @Test
    void tokensAddedByFilesKeepTheirIds() throws IOException {
        write("added_tokens.json", "{\"<toy>\": 700}");
        write(
                "tokenizer_config.json",
                "{\"added_tokens_decoder\": {\"701\": {\"content\": \"<Toy2>\", \"normalized\": false}}}");
        assertThat(load().encodePart("<toy> <Toy2> <toy2>"))
                .startsWith(700, 701)
                .doesNotContain(702);
        assertThat(load().vocabularySize()).isEqualTo(702);
    }

    @Test
    void theVocabularyAnswersForItsTokens() {
        assertThat(load().idOf("cat</w>")).hasValue(CAT);
        assertThat(load().idOf("cat")).isEmpty();
        assertThat(load().bosTokenId()).isEqualTo(BOS);
        assertThat(load().eosTokenId()).isEqualTo(EOS);
        assertThat(load().vocabularySize()).isEqualTo(518);
    }

    @Test
    void escapesInTheVocabularyAreRead() throws IOException {
        StringBuilder escaped = new StringBuilder();
        for (char c : vocabulary().toCharArray()) {
            escaped.append(c < 0x7F ? String.valueOf(c) : "\\u%04x".formatted((int) c));
        }
        ClipTokenizer plain = load();
        write("vocab.json", escaped.toString());
        assertThat(load().encode("caté 猫 \"\\/")).isEqualTo(plain.encode("caté 猫 \"\\/"));
    }

    @Test
    void windowsLineEndsAreRead() throws IOException {
        write("merges.txt", "#version: 0.2\r\n" + String.join("\r\n", MERGES));
        assertThat(load().encodePart("the cat")).containsExactly(THE, CAT);
    }

    @Test
    void halfASurrogatePairIsReadAsTheReplacementCharacter() {
        assertThat(load().encode("\ud800")).isEqualTo(load().encode("\ufffd"));
    }

    /** Quadratic time would need minutes here; the test only has to end. */
    @Test
    void aWordOfAMillionLettersIsEncoded() {
        assertThat(load().countTokens("tha".repeat(333_333))).isEqualTo(666_666);
    }

    @Test
    void theNewerFormGivesTheSameIds() throws IOException {
        ClipTokenizer older = load();
        for (String merges : List.of(quoted(MERGES), pairs(MERGES))) {
            Files.deleteIfExists(folder.resolve("merges.txt"));
            write("tokenizer.json", tokenizerJson(merges));
            assertThat(load().encode("the cat's 12")).isEqualTo(older.encode("the cat's 12"));
            assertThat(load().encodePart("<|ENDOFTEXT|>")).containsExactly(EOS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd15/model/tokenizer", "sdxl/model/tokenizer", "sdxl/model/tokenizer_2"})
    void theNewerFormGivesTheSameIdsInThePipelinesOfTheGoldenData(String name) throws IOException {
        Path golden = GoldenFiles.path("pipelines/" + name);
        for (String file : List.of("vocab.json", "merges.txt")) {
            Files.delete(folder.resolve(file));
        }
        for (String file : List.of("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")) {
            Files.copy(golden.resolve(file), folder.resolve(file));
        }
        String prompt = "A photo of a cat, 35mm! It's <|endoftext|> über 猫";
        assertThat(load().encodePadded(prompt))
                .isEqualTo(ClipTokenizer.load(golden).encodePadded(prompt));
    }

    @Test
    void aFolderWithoutVocabularyIsNotFound() throws IOException {
        Files.delete(folder.resolve("vocab.json"));
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(this::load)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_MISSING))
                .withMessageContaining("add the model's vocab.json");
    }

    @Test
    void aFolderInPlaceOfAFileCannotBeRead() throws IOException {
        Files.delete(folder.resolve("vocab.json"));
        Files.createDirectory(folder.resolve("vocab.json"));
        assertThatExceptionOfType(StorageException.class).isThrownBy(this::load);
    }

    @Test
    void everyTruncatedVocabularyIsRefused() throws IOException {
        String whole = vocabulary();
        for (int length = 0; length < whole.length(); length += 7) {
            write("vocab.json", whole.substring(0, length));
            assertCorrupt();
        }
    }

    @Test
    void mergesThatStopEarlyAreRefused() throws IOException {
        String whole = "#version: 0.2\n" + String.join("\n", MERGES);
        for (int length = 0; length < whole.length(); length++) {
            write("merges.txt", whole.substring(0, length));
            assertCorrupt();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":-1}",
                "{\"a\":1.5}",
                "{\"a\":1}",
                "{\"a\":1048576}",
                "{\"a\":99999999999999999999}",
                "{\"\\ud800\":1}",
                "{\"\\q\":1}",
                "{\"a\nb\":1}",
                "{a:1}",
                "nonsense",
                "{\"a\":1,}",
                "{\"a\":1} x"
            })
    void aMalformedVocabularyIsRefused(String json) throws IOException {
        write("vocab.json", json);
        assertCorrupt();
    }

    @ParameterizedTest
    @ValueSource(strings = {"c", "c ", " a", "c a t", "c  a", "x yz", "c a\nca"})
    void aMalformedMergeIsRefused(String merges) throws IOException {
        write("merges.txt", merges);
        assertCorrupt();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tokenizer_config.json|{",
                "tokenizer_config.json|[]",
                "tokenizer_config.json|{\"model_max_length\": 1}",
                "tokenizer_config.json|{\"added_tokens_decoder\": []}",
                "tokenizer_config.json|{\"added_tokens_decoder\": {\"x\": \"<a>\"}}",
                "tokenizer_config.json|{\"added_tokens_decoder\": {\"5\": {}}}",
                "special_tokens_map.json|{\"bos_token\": \"<missing>\"}",
                "special_tokens_map.json|{\"pad_token\": 5}",
                "special_tokens_map.json|{\"pad_token\": \"\"}",
                "added_tokens.json|{\"<a>\": \"5\"}",
                "added_tokens.json|{\"\": 5}"
            })
    void malformedSettingsAreRefused(String name, String json) throws IOException {
        write(name, json);
        assertCorrupt();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"model\": {\"type\": \"Unigram\"}}",
                "{\"model\": {\"type\": \"BPE\", \"end_of_word_suffix\": \"</w>\"}}",
                "{\"model\": {\"type\": \"BPE\", \"end_of_word_suffix\": \"</w>\", \"vocab\": {\"a\": 0}, \"merges\": []}}",
                "{\"model\": "
            })
    void aMalformedNewerFileIsRefused(String json) throws IOException {
        Files.delete(folder.resolve("merges.txt"));
        write("tokenizer.json", json);
        assertCorrupt();
    }

    private void assertCorrupt() {
        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(this::load)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                .extracting(DreamException::getMessage)
                .asString()
                .endsWith("fetch the model again")
                .doesNotContain("\n");
    }

    private ClipTokenizer load() {
        return ClipTokenizer.load(folder);
    }

    private void write(String name, String contents) throws IOException {
        Files.writeString(folder.resolve(name), contents);
    }

    private static String vocabulary() {
        List<String> tokens = new ArrayList<>();
        int substitute = 256;
        List<String> substitutes = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            if ((value > 0x20 && value < 0x7F) || (value > 0xA0 && value != 0xAD)) {
                tokens.add(Character.toString(value));
            } else {
                substitutes.add(Character.toString(substitute++));
            }
        }
        tokens.addAll(substitutes);
        tokens.addAll(tokens.stream().map(symbol -> symbol + "</w>").toList());
        MERGES.forEach(merge -> tokens.add(merge.replace(" ", "")));
        tokens.add("<|startoftext|>");
        tokens.add("<|endoftext|>");
        return IntStream.range(0, tokens.size())
                .mapToObj(id -> "\"" + tokens.get(id).replace("\\", "\\\\").replace("\"", "\\\"") + "\": " + id)
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String tokenizerJson(String merges) {
        return """
                {"added_tokens": [{"id": 517, "content": "<|endoftext|>", "normalized": true}],
                 "model": {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": %s, "merges": %s}}""".formatted(vocabulary(), merges);
    }

    private static String quoted(List<String> merges) {
        return merges.stream().map(merge -> "\"" + merge + "\"").collect(Collectors.joining(",", "[", "]"));
    }

    private static String pairs(List<String> merges) {
        return merges.stream()
                .map(merge -> "[\"" + merge.replace(" ", "\",\"") + "\"]")
                .collect(Collectors.joining(",", "[", "]"));
    }
}
