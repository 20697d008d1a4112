package io.dreamprotocol.benchmarks;

import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The CLIP tokenizer on prompts of three lengths. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TokenizerSpeed {
    private static final String WORDS =
            "a lighthouse on a cliff at dusk, oil painting, dramatic light, highly detailed, ";

    /** The number of characters of the prompt. */
    @Param({"20", "200", "10000"})
    private int characters;

    private ClipTokenizer tokenizer;
    private String prompt;

    /** Loads the vocabulary. */
    @Setup
    public void load() {
        tokenizer = ClipTokenizer.load(BundledModel.open().tokenizer(ModelPart.TEXT_ENCODER));
        prompt = WORDS.repeat(characters / WORDS.length() + 1).substring(0, characters);
    }

    /**
     * Encodes the prompt.
     *
     * @return the ids
     */
    @Benchmark
    public int[] encode() {
        return tokenizer.encode(prompt);
    }
}
