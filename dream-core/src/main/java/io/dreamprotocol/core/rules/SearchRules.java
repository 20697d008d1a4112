package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The rules of the search for style models: what a word is, which models a query means, and their order.
 *
 * <p>A word is a run of letters, digits and the marks on them; everything else stands between words. Words are compared in Unicode's
 * compatible form (NFKC) and without regard to case.
 */
public final class SearchRules {
    private SearchRules() {}

    /**
     * Splits a text into words.
     *
     * @param text any text
     * @return its words as they are compared, each once, in their order
     */
    public static Set<String> words(String text) {
        String upper = Normalizer.normalize(text, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT);
        Set<String> words = new LinkedHashSet<>();
        StringBuilder word = new StringBuilder();
        for (int at = 0; at < upper.length(); at += Character.charCount(upper.codePointAt(at))) {
            int character = upper.codePointAt(at);
            if (isOfWord(character)) {
                // One by one, because the small form of a Greek sigma in a text depends on what follows it.
                word.appendCodePoint(Character.toLowerCase(character));
            } else if (!word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    private static boolean isOfWord(int character) {
        return Character.isLetterOrDigit(character)
                || switch (Character.getType(character)) {
                    case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
                    default -> false;
                };
    }

    /**
     * Returns the words by which a model is found.
     *
     * @param manifest what the model is
     * @return the words of its name, description, trigger words and tags
     */
    public static Set<String> words(StyleManifest manifest) {
        List<String> texts = new ArrayList<>(List.of(manifest.name(), manifest.description()));
        texts.addAll(manifest.triggerWords());
        texts.addAll(manifest.tags());
        return words(String.join("\n", texts));
    }

    /**
     * Tells whether a query means a model: each of the query's words begins one of the model's, and all else fits. Where a page begins
     * does not count.
     *
     * @param query the query
     * @param model the model
     * @return true if it does
     */
    public static boolean matches(StyleQuery query, StyleModel model) {
        return query.kind().filter(kind -> kind != model.manifest().kind()).isEmpty()
                && query.architecture()
                        .filter(architecture ->
                                !architecture.equals(model.manifest().architecture()))
                        .isEmpty()
                && query.maximumPrice()
                        .filter(most -> model.terms().price().compareTo(most) > 0)
                        .isEmpty()
                && query.owner().filter(owner -> !owner.equals(model.owner())).isEmpty()
                && occur(words(query.words()), words(model.manifest()));
    }

    private static boolean occur(Set<String> beginnings, Set<String> words) {
        return beginnings.stream().allMatch(beginning -> words.stream().anyMatch(word -> word.startsWith(beginning)));
    }

    /**
     * Returns the order in which models are listed.
     *
     * @param order which order
     * @return the order, in which no two models are equal
     */
    public static Comparator<StyleModel> comparator(StyleQuery.Order order) {
        Comparator<StyleModel> oldest = Comparator.comparing(StyleModel::id);
        return switch (order) {
            case OLDEST -> oldest;
            case NEWEST -> oldest.reversed();
            case POPULAR ->
                Comparator.<StyleModel>comparingLong(model -> model.usage().payers())
                        .reversed()
                        .thenComparing(oldest);
            case CHEAPEST ->
                Comparator.<StyleModel, Amount>comparing(model -> model.terms().price())
                        .thenComparing(oldest);
        };
    }
}
