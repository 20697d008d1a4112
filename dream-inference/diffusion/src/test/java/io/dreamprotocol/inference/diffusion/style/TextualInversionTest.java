package io.dreamprotocol.inference.diffusion.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.GoldenFiles;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import io.dreamprotocol.inference.diffusion.weights.SafetensorsBytes;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextualInversionTest {
    @TempDir
    Path folder;

    @Test
    void theWordIsTheTensorsNameOrTheFiles() {
        assertThat(load("a.safetensors", new SafetensorsBytes().floats("<cat>", List.of(2, 2), 1, 2, 3, 4))
                        .token())
                .isEqualTo("<cat>");
        Path file = new SafetensorsBytes()
                .floats("emb_params", List.of(2, 2), 1, 2, 3, 4)
                .write(folder.resolve("easynegative.safetensors"));
        assertThat(TextualInversion.load(file).token()).isEqualTo("easynegative");
        assertThat(TextualInversion.load(file, "<bad>").token()).isEqualTo("<bad>");
    }

    @Test
    void aTensorOfOneDimensionIsOneVector() {
        TextualInversion word = load("a.safetensors", new SafetensorsBytes().floats("<cat>", List.of(3), 1, 2, 3));
        assertThat(word.vectors()).isOne();
        assertThat(word.values(ModelPart.TEXT_ENCODER)).containsExactly(1, 2, 3);
        assertThat(word.parts()).isEqualTo(Set.of(ModelPart.TEXT_ENCODER));
    }

    @Test
    void filesForTwoTextEncodersHaveVectorsForEach() {
        TextualInversion word = load(
                "two.safetensors",
                new SafetensorsBytes().floats("clip_l", List.of(1, 2), 1, 2).floats("clip_g", List.of(1, 3), 3, 4, 5));
        assertThat(word.token()).isEqualTo("two");
        assertThat(word.parts()).isEqualTo(Set.of(ModelPart.TEXT_ENCODER, ModelPart.TEXT_ENCODER_2));
        assertThat(word.values(ModelPart.TEXT_ENCODER_2)).containsExactly(3, 4, 5);
    }

    @Test
    void otherFilesAreRefused() {
        assertThatThrownBy(() -> load("a.safetensors", new SafetensorsBytes()))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("no textual inversion");
        assertThatThrownBy(() -> load(
                        "a.safetensors",
                        new SafetensorsBytes().floats("a", List.of(1), 1).floats("b", List.of(1), 1)))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("a, b");
        assertThatThrownBy(() -> load("a.safetensors", new SafetensorsBytes().floats("<a>", List.of(1, 1, 1), 1)))
                .isInstanceOf(UnsupportedException.class);
        assertThatThrownBy(() -> load("a.safetensors", new SafetensorsBytes().floats("<a>", List.of(0, 4))))
                .isInstanceOf(UnsupportedException.class);
        assertThatThrownBy(() ->
                        load("a.safetensors", new SafetensorsBytes().floats("<a>", List.of(76, 1), new float[76])))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("76 vectors");
        assertThatThrownBy(() -> load("a.safetensors", new SafetensorsBytes().floats("<a>", List.of(1), Float.NaN)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("not finite");
        assertThatThrownBy(() -> load(
                        "a.safetensors",
                        new SafetensorsBytes()
                                .floats("clip_l", List.of(1, 2), 1, 2)
                                .floats("clip_g", List.of(2, 1), 3, 4)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("different numbers");
    }

    @Test
    void blankAndEndlessWordsAreRefused() {
        Path file = new SafetensorsBytes().floats(" ", List.of(1), 1).write(folder.resolve("a.safetensors"));
        assertThatThrownBy(() -> TextualInversion.load(file)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> TextualInversion.load(file, "w".repeat(129)))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void wordsGetTheIdsBehindTheTable() {
        ClipTokenizer tokenizer = ClipTokenizer.load(GoldenFiles.clipTokenizer());
        TextualInversion two = load("a.safetensors", new SafetensorsBytes().floats("<two>", List.of(2, 2), 1, 2, 3, 4));
        TextualInversion one = load("b.safetensors", new SafetensorsBytes().floats("<one>", List.of(1, 2), 5, 6));
        Vocabulary vocabulary = Vocabulary.of(tokenizer, ModelPart.TEXT_ENCODER, 50_000, 2, List.of(two, one));
        assertThat(vocabulary.tokenizer().encodePart("a <ONE><two> cat"))
                .containsExactly(320, 50_002, 50_000, 50_001, 2368);
        assertThat(vocabulary.embeddings().firstId()).isEqualTo(50_000);
        assertThat(vocabulary.embeddings().count()).isEqualTo(3);
        assertThat(vocabulary.embeddings().values()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void wordsThatDoNotFitTheModelAreRefused() {
        ClipTokenizer tokenizer = ClipTokenizer.load(GoldenFiles.clipTokenizer());
        TextualInversion word = load("a.safetensors", new SafetensorsBytes().floats("<a>", List.of(1, 2), 1, 2));
        assertThatThrownBy(() -> Vocabulary.of(tokenizer, ModelPart.TEXT_ENCODER, 49_408, 3, List.of(word)))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("vectors of 2 numbers")
                .hasMessageContaining("have 3");
        assertThatThrownBy(() -> Vocabulary.of(tokenizer, ModelPart.TEXT_ENCODER_2, 49_408, 2, List.of(word)))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("no vectors for the text_encoder_2");
        assertThatThrownBy(() -> Vocabulary.of(tokenizer, ModelPart.TEXT_ENCODER, 49_408, 2, List.of(word, word)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("<a>");
        TextualInversion cat = TextualInversion.load(word.file(), "cat");
        assertThatThrownBy(() -> Vocabulary.of(tokenizer, ModelPart.TEXT_ENCODER, 49_408, 2, List.of(cat)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("cat");
    }

    private TextualInversion load(String name, SafetensorsBytes bytes) {
        return TextualInversion.load(bytes.write(folder.resolve(name)));
    }
}
