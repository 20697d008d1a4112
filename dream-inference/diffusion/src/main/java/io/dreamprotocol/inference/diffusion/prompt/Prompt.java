package io.dreamprotocol.inference.diffusion.prompt;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.prompt.ExtraNetwork;
import io.dreamprotocol.core.prompt.PromptPart;
import io.dreamprotocol.core.prompt.PromptTags;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A prompt in the language of the AUTOMATIC1111 web UI, read for a number of steps: which extra networks it asks for, and
 * which texts guide each step.
 *
 * <p>Tags of extra networks are taken out first; what is left is split at {@code AND}, and each part follows its own
 * schedule of edits and alternations. Brackets that are not balanced are text, as in the web UI. Reading takes time in
 * proportion to the prompt's length. Instances are immutable.
 */
public final class Prompt {
    /** The most parts that {@code AND} may join; each costs a run of the denoising network in every step. */
    public static final int MAX_PARTS = 64;

    private final List<ExtraNetwork> networks;
    private final List<PromptPart> parts;
    private final List<PromptSchedule> schedules;
    private final int steps;

    private Prompt(List<ExtraNetwork> networks, List<PromptPart> parts, int steps, OptionalInt firstSteps) {
        if (steps < 1) {
            throw new IllegalArgumentException("steps: " + steps);
        }
        if (parts.size() > MAX_PARTS) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_PROMPT,
                    "The prompt joins " + parts.size() + " parts by AND; at most " + MAX_PARTS + " are possible");
        }
        List<PromptSchedule> read = new ArrayList<>();
        for (PromptPart part : parts) {
            read.add(
                    firstSteps.isPresent()
                            ? PromptSchedule.ofSecondPass(part.text(), steps, firstSteps.getAsInt())
                            : PromptSchedule.of(part.text(), steps));
        }
        this.networks = List.copyOf(networks);
        this.parts = List.copyOf(parts);
        this.schedules = List.copyOf(read);
        this.steps = steps;
    }

    /**
     * Reads a prompt.
     *
     * @param text the prompt
     * @param steps the number of denoising steps, at least 1
     * @return the prompt
     * @throws InvalidInputException if it has more than {@link #MAX_PARTS} parts
     */
    public static Prompt parse(String text, int steps) {
        return parse(text, steps, OptionalInt.empty());
    }

    /**
     * Reads a prompt for the second pass of a high-resolution fix. Step numbers in it go on counting behind the first
     * pass, and shares of the steps go from 1 (its begin) to 2 (its end).
     *
     * @param text the prompt
     * @param steps the number of steps of the second pass, at least 1
     * @param firstSteps the number of steps of the first pass, at least 1
     * @return the prompt
     * @throws InvalidInputException if it has more than {@link #MAX_PARTS} parts
     */
    public static Prompt parseSecondPass(String text, int steps, int firstSteps) {
        if (firstSteps < 1) {
            throw new IllegalArgumentException("firstSteps: " + firstSteps);
        }
        return parse(text, steps, OptionalInt.of(firstSteps));
    }

    private static Prompt parse(String text, int steps, OptionalInt firstSteps) {
        PromptTags parsed = PromptTags.parse(text);
        return new Prompt(parsed.networks(), PromptPart.split(parsed.rest()), steps, firstSteps);
    }

    /**
     * Reads a negative prompt, which has a schedule but neither extra networks nor parts: both stay text in it.
     *
     * @param text the negative prompt
     * @param steps the number of denoising steps, at least 1
     * @return a prompt of one part
     */
    public static Prompt parseNegative(String text, int steps) {
        return new Prompt(List.of(), List.of(new PromptPart(text, 1)), steps, OptionalInt.empty());
    }

    /**
     * Reads a negative prompt for the second pass of a high-resolution fix, as {@link #parseSecondPass} reads a prompt.
     *
     * @param text the negative prompt
     * @param steps the number of steps of the second pass, at least 1
     * @param firstSteps the number of steps of the first pass, at least 1
     * @return a prompt of one part
     */
    public static Prompt parseNegativeSecondPass(String text, int steps, int firstSteps) {
        if (firstSteps < 1) {
            throw new IllegalArgumentException("firstSteps: " + firstSteps);
        }
        return new Prompt(List.of(), List.of(new PromptPart(text, 1)), steps, OptionalInt.of(firstSteps));
    }

    /**
     * Returns the extra networks that the prompt asks for.
     *
     * @return the networks in the order of their tags
     */
    public List<ExtraNetwork> networks() {
        return networks;
    }

    /**
     * Returns the number of steps that the prompt was read for.
     *
     * @return the number of steps
     */
    public int steps() {
        return steps;
    }

    /**
     * Returns what guides a step. Parts of equal text have equal embeddings, whatever their steps.
     *
     * @param step the step, counted from 1
     * @return the parts, at least one
     * @throws IllegalArgumentException if there is no such step
     */
    public List<PromptPart> partsAt(int step) {
        if (step < 1 || step > steps) {
            throw new IllegalArgumentException("step " + step + " of " + steps);
        }
        List<PromptPart> now = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            now.add(new PromptPart(schedules.get(i).textAt(step), parts.get(i).weight()));
        }
        return now;
    }

    /**
     * Tells whether every step has the same parts.
     *
     * @return true if there is no edit and no alternation
     */
    public boolean isConstant() {
        return schedules.stream().allMatch(schedule -> schedule.lastSteps().length == 1);
    }
}
