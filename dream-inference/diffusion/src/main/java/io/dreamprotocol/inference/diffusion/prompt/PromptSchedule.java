package io.dreamprotocol.inference.diffusion.prompt;

import io.dreamprotocol.core.prompt.PythonText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How a prompt changes from step to step: {@code [from:to:when]}, {@code [to:when]} and {@code [from::when]} change it once,
 * {@code [a|b|c]} with every step. Other brackets stay as they are.
 *
 * <p>One pass finds all brackets, and reading the text of a step is another one without recursion, so both take time in
 * proportion to the prompt's length, however deep the brackets go. Immutable.
 */
final class PromptSchedule {
    private final String prompt;
    private final int steps;
    private final Map<Integer, Choice> choicesByStart = new HashMap<>();
    private final BitSet lastSteps = new BitSet();

    /** Square brackets of which every step shows one part. Places are indices into the prompt. */
    private sealed interface Choice {
        /** The part of a step. */
        Range at(int step);

        /** Where the prompt goes on behind the brackets. */
        int end();
    }

    private record Range(int start, int end) {}

    private record Edit(Range before, Range after, int lastBefore, int end) implements Choice {
        @Override
        public Range at(int step) {
            return step <= lastBefore ? before : after;
        }
    }

    private record Alternation(List<Range> options, int end) implements Choice {
        @Override
        public Range at(int step) {
            return options.get((step - 1) % options.size());
        }
    }

    /** An open bracket, and the separators right inside it. */
    private record Open(char bracket, int start, List<Integer> colons, List<Integer> bars) {}

    private PromptSchedule(String prompt, int steps) {
        this.prompt = prompt;
        this.steps = steps;
        lastSteps.set(steps);
    }

    /** Reads the schedule of a prompt for so many steps, at least 1. */
    static PromptSchedule of(String prompt, int steps) {
        PromptSchedule schedule = new PromptSchedule(prompt, steps);
        schedule.findChoices(0);
        return schedule;
    }

    /** Reads the schedule of a second pass of {@code steps} steps that follows a first one of {@code firstSteps}. */
    static PromptSchedule ofSecondPass(String prompt, int steps, int firstSteps) {
        PromptSchedule schedule = new PromptSchedule(prompt, steps);
        schedule.findChoices(firstSteps);
        return schedule;
    }

    private void findChoices(int firstSteps) {
        Deque<Open> open = new ArrayDeque<>();
        for (int i = 0; i < prompt.length(); i++) {
            char character = prompt.charAt(i);
            switch (character) {
                case '\\' -> i++;
                case '(', '[' -> open.push(new Open(character, i, new ArrayList<>(0), new ArrayList<>(0)));
                case ')', ']' -> {
                    if (open.isEmpty()) {
                        continue;
                    }
                    if ((open.peek().bracket() == '(') != (character == ')')) {
                        // No bracket around a wrong one can be closed any more.
                        open.clear();
                        continue;
                    }
                    Open closed = open.pop();
                    if (character == ']') {
                        addChoice(closed, i, firstSteps);
                    }
                }
                case ':' -> {
                    if (!open.isEmpty()) {
                        open.peek().colons().add(i);
                    }
                }
                case '|' -> {
                    if (!open.isEmpty()) {
                        open.peek().bars().add(i);
                    }
                }
                default -> {}
            }
        }
    }

    private void addChoice(Open brackets, int close, int firstSteps) {
        List<Integer> colons = brackets.colons();
        List<Integer> bars = brackets.bars();
        int start = brackets.start();
        if (colons.isEmpty() && !bars.isEmpty()) {
            List<Range> options = new ArrayList<>();
            int from = start;
            for (int bar : bars) {
                options.add(new Range(from + 1, bar));
                from = bar;
            }
            options.add(new Range(from + 1, close));
            choicesByStart.put(start, new Alternation(options, close + 1));
            lastSteps.set(1, steps + 1);
        } else if ((colons.size() == 1 || colons.size() == 2) && bars.isEmpty()) {
            int last = colons.get(colons.size() - 1);
            String when = prompt.substring(last + 1, close);
            OptionalDouble number = PythonText.number(when);
            if (number.isPresent()) {
                int lastBefore = lastBefore(number.getAsDouble(), when.indexOf('.') >= 0, firstSteps);
                int middle = colons.size() == 1 ? start : colons.get(0);
                Range before = new Range(start + 1, Math.max(start + 1, middle));
                choicesByStart.put(start, new Edit(before, new Range(middle + 1, last), lastBefore, close + 1));
                if (lastBefore >= 1) {
                    lastSteps.set(lastBefore);
                }
            }
        }
    }

    /** A number with a point is a share of the steps (or, from 1 on, of the second pass), any other a step. */
    private int lastBefore(double when, boolean share, int firstSteps) {
        double step = when - firstSteps;
        if (share) {
            step = (firstSteps == 0 ? when : when - 1) * steps;
        }
        return (int) Math.min(steps, step);
    }

    /**
     * Returns the steps, counted from 1, after which the text may change; the last is the number of steps.
     *
     * @return the steps in ascending order
     */
    int[] lastSteps() {
        return lastSteps.stream().toArray();
    }

    /**
     * Returns the text of a step.
     *
     * @param step 1 to the number of steps
     */
    String textAt(int step) {
        if (choicesByStart.isEmpty()) {
            return prompt;
        }
        StringBuilder text = new StringBuilder(prompt.length());
        Deque<Range> outer = new ArrayDeque<>();
        Range range = new Range(0, prompt.length());
        int at = 0;
        while (true) {
            if (at >= range.end()) {
                if (outer.isEmpty()) {
                    return text.toString();
                }
                range = outer.pop();
                at = range.start();
                continue;
            }
            char character = prompt.charAt(at);
            Choice choice = character == '[' ? choicesByStart.get(at) : null;
            if (choice != null) {
                outer.push(new Range(choice.end(), range.end()));
                range = choice.at(step);
                at = range.start();
            } else {
                int end = Math.min(range.end(), at + (character == '\\' ? 2 : 1));
                text.append(prompt, at, end);
                at = end;
            }
        }
    }
}
