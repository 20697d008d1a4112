package io.dreamprotocol.core.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * One of the texts that guide a step together, joined by {@code AND} in a prompt.
 *
 * <p>With the predictions {@code u} for the negative prompt and {@code p} for each part, a step uses {@code u} plus the sum
 * of all {@code guidanceScale * weight * (p - u)}. Source: Liu et al., "Compositional visual generation with composable
 * diffusion models", ECCV 2022.
 *
 * @param text the text, with the brackets that set weights within it
 * @param weight the part's weight, 1 unless given as in {@code a cat :1.2 AND a dog}; may be negative
 */
public record PromptPart(String text, double weight) {
    private static final String WORD = "AND";

    /**
     * Splits a prompt at every {@code AND} that stands alone.
     *
     * @param prompt a prompt without tags ({@link PromptTags#rest})
     * @return its parts, at least one
     */
    public static List<PromptPart> split(String prompt) {
        List<PromptPart> parts = new ArrayList<>();
        int start = 0;
        int word = PythonText.indexOfWord(prompt, WORD, 0);
        while (word >= 0) {
            parts.add(of(prompt.substring(start, word)));
            start = word + WORD.length();
            word = PythonText.indexOfWord(prompt, WORD, start);
        }
        parts.add(of(prompt.substring(start)));
        return parts;
    }

    private static PromptPart of(String part) {
        int colon = part.lastIndexOf(':');
        OptionalDouble weight = colon < 0 ? OptionalDouble.empty() : PythonText.number(part.substring(colon + 1));
        return weight.isPresent()
                ? new PromptPart(PythonText.strip(part.substring(0, colon)), weight.getAsDouble())
                : new PromptPart(PythonText.strip(part), 1);
    }
}
