package io.dreamprotocol.inference.diffusion.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds added tokens in a text: the leftmost first, and the longest of those that start at the same place. */
final class AddedTokens {
    private final Map<Character, List<Needle>> needlesByFirst = new HashMap<>();

    private record Needle(String text, AddedToken token) {}

    private AddedTokens() {}

    /** Returns a finder of those tokens that are looked for in texts as they are given. */
    static AddedTokens inRawText(List<AddedToken> tokens) {
        AddedTokens found = new AddedTokens();
        for (AddedToken token : tokens) {
            if (!token.normalized()) {
                found.add(new Needle(token.content(), token));
            }
        }
        return found;
    }

    /** Returns a finder of those tokens that are looked for in normalised texts. */
    static AddedTokens inNormalizedText(List<AddedToken> tokens) {
        AddedTokens found = new AddedTokens();
        for (AddedToken token : tokens) {
            if (token.normalized()) {
                found.add(new Needle(TextNormalizer.normalize(token.content()), token));
            }
        }
        return found;
    }

    private void add(Needle added) {
        List<Needle> needles = needlesByFirst.get(added.text().charAt(0));
        if (needles == null) {
            needles = new ArrayList<>();
            needlesByFirst.put(added.text().charAt(0), needles);
        }
        int place = 0;
        while (place < needles.size()
                && needles.get(place).text().length() >= added.text().length()) {
            place++;
        }
        needles.add(place, added);
    }

    /** Appends the ids of the tokens found, and hands on the text between them. */
    void split(String text, IntList ids, Consumer<String> between) {
        int start = 0;
        int at = 0;
        while (at < text.length()) {
            Needle found = needleAt(text, at);
            if (found == null) {
                at++;
                continue;
            }
            between.accept(text.substring(start, at));
            for (int i = 0; i < found.token().count(); i++) {
                ids.add(found.token().id() + i);
            }
            at += found.text().length();
            start = at;
        }
        between.accept(text.substring(start));
    }

    /** Whether a token that is a word is found among the letters of a longer one, which is another word. */
    private static boolean isPartOfWord(String text, int at, Needle needle) {
        int end = at + needle.text().length();
        return needle.token().wholeWord() && (isLetters(text, at - 1, at) || isLetters(text, end - 1, end));
    }

    private static boolean isLetters(String text, int left, int right) {
        return left >= 0
                && right < text.length()
                && Character.isLetter(text.charAt(left))
                && Character.isLetter(text.charAt(right));
    }

    private @Nullable Needle needleAt(String text, int at) {
        for (Needle needle : needlesByFirst.getOrDefault(text.charAt(at), List.of())) {
            if (text.startsWith(needle.text(), at) && !isPartOfWord(text, at, needle)) {
                return needle;
            }
        }
        return null;
    }
}
