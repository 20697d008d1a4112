package io.dreamprotocol.inference.diffusion.prompt;

import io.dreamprotocol.core.prompt.PythonText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Reads the weights of a prompt: {@code (text)} is 1.1, {@code [text]} 1/1.1, {@code (text:1.3)} 1.3, brackets within
 * brackets multiply, those that are never closed reach to the end, and a backslash takes a bracket's meaning away.
 *
 * <p>The factors of a piece are multiplied from the inside out, as the web UI does, because pieces of equal weight are
 * joined and the last bit decides that.
 */
final class WeightParser {
    private static final String WORD = "BREAK";
    private static final String SPECIAL = "\\()[]:";
    private static final String ESCAPABLE = "\\()[]";
    private static final double ROUND = 1.1;
    private static final double SQUARE = 1 / 1.1;

    private final String prompt;
    private final List<String> texts = new ArrayList<>();
    private double[] weights = new double[16];
    private final Deque<Integer> openRound = new ArrayDeque<>();
    private final Deque<Integer> openSquare = new ArrayDeque<>();

    private WeightParser(String prompt) {
        this.prompt = prompt;
    }

    /** Returns the pieces of a prompt, at least one, neighbours of equal weight joined. */
    static List<WeightedText> parse(String prompt) {
        WeightParser parser = new WeightParser(prompt);
        int at = 0;
        while (at < prompt.length()) {
            at = parser.readPiece(at);
        }
        parser.openRound.forEach(start -> parser.scale(start, ROUND));
        parser.openSquare.forEach(start -> parser.scale(start, SQUARE));
        return parser.joined();
    }

    /** Reads one bracket, escape, weight or run of plain text and returns where it ends. */
    private int readPiece(int at) {
        switch (prompt.charAt(at)) {
            case '\\' -> {
                boolean escape = at + 1 < prompt.length() && ESCAPABLE.indexOf(prompt.charAt(at + 1)) >= 0;
                add(escape ? prompt.substring(at + 1, at + 2) : "", 1);
                return at + (escape ? 2 : 1);
            }
            case '(' -> openRound.push(texts.size());
            case '[' -> openSquare.push(texts.size());
            case ':' -> {
                return readColon(at);
            }
            case ')' -> close(openRound, ROUND, ")");
            case ']' -> close(openSquare, SQUARE, "]");
            default -> {
                int end = at + 1;
                while (end < prompt.length() && SPECIAL.indexOf(prompt.charAt(end)) < 0) {
                    end++;
                }
                addText(prompt.substring(at, end));
                return end;
            }
        }
        return at + 1;
    }

    private void close(Deque<Integer> open, double factor, String bracket) {
        if (open.isEmpty()) {
            addText(bracket);
        } else {
            scale(open.pop(), factor);
        }
    }

    /** Reads a weight and the bracket that it ends with, or only the colon if none follows. */
    private int readColon(int at) {
        int start = PythonText.skipSpace(prompt, at + 1);
        int end = start;
        while (end < prompt.length() && isOfNumber(prompt.charAt(end), end == start)) {
            end++;
        }
        int bracket = PythonText.skipSpace(prompt, end);
        OptionalDouble weight = PythonText.number(prompt.substring(start, end));
        if (weight.isEmpty() || bracket == prompt.length() || prompt.charAt(bracket) != ')') {
            addText(":");
            return at + 1;
        }
        if (openRound.isEmpty()) {
            addText(prompt.substring(at, bracket + 1));
        } else {
            scale(openRound.pop(), weight.getAsDouble());
        }
        return bracket + 1;
    }

    private static boolean isOfNumber(char character, boolean first) {
        return character == '.' || Character.isDigit(character) || (first && (character == '+' || character == '-'));
    }

    private void addText(String text) {
        int start = 0;
        int word = PythonText.indexOfWord(text, WORD, 0);
        while (word >= 0) {
            int end = word;
            while (end > start && PythonText.isSpace(text.charAt(end - 1))) {
                end--;
            }
            add(text.substring(start, end), 1);
            add(WORD, WeightedText.BREAK.weight());
            start = PythonText.skipSpace(text, word + WORD.length());
            word = PythonText.indexOfWord(text, WORD, start);
        }
        add(text.substring(start), 1);
    }

    private void add(String text, double weight) {
        if (texts.size() == weights.length) {
            weights = Arrays.copyOf(weights, weights.length * 2);
        }
        weights[texts.size()] = weight;
        texts.add(text);
    }

    private void scale(int start, double factor) {
        for (int i = start; i < texts.size(); i++) {
            weights[i] *= factor;
        }
    }

    private List<WeightedText> joined() {
        if (texts.isEmpty()) {
            return List.of(new WeightedText("", 1));
        }
        List<WeightedText> pieces = new ArrayList<>();
        StringBuilder text = new StringBuilder(texts.get(0));
        for (int i = 1; i < texts.size(); i++) {
            if (weights[i] != weights[i - 1]) {
                pieces.add(new WeightedText(text.toString(), weights[i - 1]));
                text.setLength(0);
            }
            text.append(texts.get(i));
        }
        pieces.add(new WeightedText(text.toString(), weights[texts.size() - 1]));
        return pieces;
    }
}
