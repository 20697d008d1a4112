package io.dreamprotocol.inference.diffusion.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.prompt.ExtraNetwork;
import io.dreamprotocol.core.prompt.PromptPart;
import io.dreamprotocol.inference.diffusion.GoldenFiles;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTest {
    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load(GoldenFiles.clipTokenizer());

    @Test
    void aPlainPromptIsOnePartInEveryStep() {
        Prompt prompt = Prompt.parse("a cat, (sharp:1.2) [of] 12:30", 3);
        assertThat(prompt.isConstant()).isTrue();
        assertThat(prompt.networks()).isEmpty();
        assertThat(prompt.partsAt(1)).isEqualTo(prompt.partsAt(3));
        assertThat(prompt.partsAt(2)).containsExactly(new PromptPart("a cat, (sharp:1.2) [of] 12", 30));
    }

    @Test
    void everyPartFollowsItsOwnSchedule() {
        Prompt prompt = Prompt.parse("<lora:toy:0.5>a [cat:dog:2] AND [red|blue] sky :-0.5", 4);
        assertThat(prompt.isConstant()).isFalse();
        assertThat(prompt.networks()).extracting(ExtraNetwork::name).containsExactly(Optional.of("toy"));
        assertThat(prompt.partsAt(1)).containsExactly(new PromptPart("a cat", 1), new PromptPart("red sky", -0.5));
        assertThat(prompt.partsAt(2)).containsExactly(new PromptPart("a cat", 1), new PromptPart("blue sky", -0.5));
        assertThat(prompt.partsAt(3)).containsExactly(new PromptPart("a dog", 1), new PromptPart("red sky", -0.5));
        assertThat(prompt.partsAt(4)).containsExactly(new PromptPart("a dog", 1), new PromptPart("blue sky", -0.5));
    }

    @Test
    void inTheSecondPassSharesGoFromOneToTwoAndStepsGoOnCounting() {
        assertThat(texts(Prompt.parseSecondPass("[a:b:1.5]", 4, 20))).containsExactly("a", "a", "b", "b");
        assertThat(texts(Prompt.parseSecondPass("[a:b:21]", 4, 20))).containsExactly("a", "b", "b", "b");
        assertThat(texts(Prompt.parseSecondPass("[a:b:0.5]", 4, 20))).containsExactly("b", "b", "b", "b");
    }

    @Test
    void aNegativePromptHasAScheduleOnly() {
        Prompt prompt = Prompt.parseNegative("[a:b:1] AND <lora:toy:1>:2", 2);
        assertThat(prompt.networks()).isEmpty();
        assertThat(prompt.partsAt(1)).containsExactly(new PromptPart("a AND <lora:toy:1>:2", 1));
        assertThat(prompt.partsAt(2)).containsExactly(new PromptPart("b AND <lora:toy:1>:2", 1));
    }

    @Test
    void stepsOutsideTheScheduleAreMistakes() {
        Prompt prompt = Prompt.parse("a", 2);
        assertThatIllegalArgumentException().isThrownBy(() -> prompt.partsAt(0));
        assertThatIllegalArgumentException().isThrownBy(() -> prompt.partsAt(3));
        assertThatIllegalArgumentException().isThrownBy(() -> Prompt.parse("a", 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Prompt.parseSecondPass("a", 1, 0));
    }

    @Test
    void numbersTooLargeForAnySchedulerMeanTheLastStep() {
        String huge = "9".repeat(400);
        assertThat(texts(Prompt.parse("[a:b:" + huge + "]", 2))).containsExactly("a", "a");
        assertThat(texts(Prompt.parse("[a:b:-" + huge + ".5]", 2))).containsExactly("b", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(cat:...)", "(cat:1.2.3)", "(cat:+)", "(cat:.)"})
    void aWeightThatIsNoNumberIsText(String prompt) {
        String inside = prompt.substring(1, prompt.length() - 1);
        assertThat(WeightParser.parse(prompt)).containsExactly(new WeightedText(inside, 1.1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<lora:toy:strong>", "<lora:toy:te=>", "<lora:toy:1:x>", "<lora:toy:1e400>", "<lora:toy:nan>"})
    void aLoraWeightThatIsNoNumberIsRefused(String tag) {
        ExtraNetwork network = Prompt.parse(tag, 1).networks().get(0);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(network::unetWeight)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PROMPT))
                .withMessageContaining("write for example <lora:name:0.8>");
    }

    @Test
    void moreThan64PartsAreRefused() {
        assertThat(Prompt.parse("x AND ".repeat(63) + "x", 1).partsAt(1)).hasSize(Prompt.MAX_PARTS);
        assertInvalid(() -> Prompt.parse("x AND ".repeat(64) + "x", 1));
    }

    @Test
    void moreThan256ChunksAreRefused() {
        assertThat(PromptChunk.of("x BREAK ".repeat(255) + "x", TOKENIZER)).hasSize(PromptChunk.MAX_CHUNKS);
        assertInvalid(() -> PromptChunk.of("x BREAK ".repeat(256) + "x", TOKENIZER));
    }

    @Test
    void weightsBeyondFloat32AreRefused() {
        assertThat(PromptChunk.of("(".repeat(900) + "cat", TOKENIZER)).hasSize(1);
        assertInvalid(() -> PromptChunk.of("(".repeat(1000) + "cat", TOKENIZER));
        assertThat(PromptChunk.of("(".repeat(10_000), TOKENIZER)).hasSize(1);
        assertThat(PromptChunk.of("[".repeat(10_000) + "cat", TOKENIZER)).hasSize(1);
    }

    static List<String> hostilePrompts() {
        int length = 10_000;
        return List.of(
                "(".repeat(length),
                ")".repeat(length),
                "[".repeat(length),
                "([".repeat(length / 2),
                "[a:".repeat(length / 3),
                "[a|".repeat(length / 3),
                "[".repeat(length / 2) + "]".repeat(length / 2),
                "[".repeat(length / 5) + "a" + ":2]".repeat(length / 5),
                "[a|".repeat(length / 4) + "b" + "]".repeat(length / 4),
                "(".repeat(length / 6) + "a" + ":1.1)".repeat(length / 6),
                "(a".repeat(length / 2),
                "\\".repeat(length),
                "<a:".repeat(length / 3),
                "<".repeat(length) + ">",
                ": ".repeat(length / 2),
                " ".repeat(length),
                "BREAK".repeat(length / 5),
                "AND".repeat(length / 3),
                "x,".repeat(length / 2),
                "x".repeat(length));
    }

    /** Quadratic or recursive reading would show here as a very long test or an overflow. */
    @ParameterizedTest
    @MethodSource("hostilePrompts")
    void hostilePromptsAreReadLikeAnyOther(String text) {
        Prompt prompt = Prompt.parse(text, 20);
        for (int step = 1; step <= prompt.steps(); step++) {
            for (PromptPart part : prompt.partsAt(step)) {
                assertThat(WeightParser.parse(part.text())).isNotEmpty();
            }
        }
    }

    private static List<String> texts(Prompt prompt) {
        return IntStream.rangeClosed(1, prompt.steps())
                .mapToObj(step -> prompt.partsAt(step).get(0).text())
                .toList();
    }

    private static void assertInvalid(Runnable action) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(action::run)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PROMPT));
    }
}
