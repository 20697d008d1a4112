package io.dreamprotocol.examples.cli;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Guesses what a user meant by a name that is not there. */
final class Suggestion {
    private static final int MAX_NAME = 64;
    private static final int MAX_MISTAKES = 3;

    private Suggestion() {}

    /** Returns a question to put behind an error, with the nearest name; nothing if none is near. */
    static String of(String wanted, Collection<String> names) {
        return nearest(wanted, names)
                .map(name -> " (did you mean " + PrintableText.oneLine(name, MAX_NAME) + "?)")
                .orElse("");
    }

    private static Optional<String> nearest(String wanted, Collection<String> names) {
        String start = shortened(wanted);
        // Half of a short word is another word.
        int least = 1 + Math.min(MAX_MISTAKES, start.length() / 2);
        Optional<String> nearest = Optional.empty();
        for (String name : names) {
            int mistakes = mistakes(start, shortened(name));
            if (mistakes < least) {
                least = mistakes;
                nearest = Optional.of(name);
            }
        }
        return nearest;
    }

    private static String shortened(String name) {
        return name.toLowerCase(Locale.ROOT).substring(0, Math.min(name.length(), MAX_NAME));
    }

    /** The number of letters to insert, leave out or replace. */
    private static int mistakes(String wanted, String name) {
        int[] row = new int[name.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= wanted.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (wanted.charAt(i - 1) == name.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[name.length()];
    }
}
