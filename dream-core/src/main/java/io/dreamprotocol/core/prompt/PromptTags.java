package io.dreamprotocol.core.prompt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A prompt without its tags of extra networks, {@code <kind:argument:...>}, and the tags.
 *
 * @param rest the prompt without the tags, otherwise unchanged
 * @param networks what the tags ask for, in their order
 */
public record PromptTags(String rest, List<ExtraNetwork> networks) {

    /** Copies the list. */
    public PromptTags {
        Objects.requireNonNull(rest, "rest");
        networks = List.copyOf(networks);
    }

    /**
     * Reads a prompt.
     *
     * @param prompt the prompt
     * @return its rest and its tags
     */
    public static PromptTags parse(String prompt) {
        List<ExtraNetwork> networks = new ArrayList<>();
        StringBuilder rest = new StringBuilder(prompt.length());
        int lastClose = prompt.lastIndexOf('>');
        int start = 0;
        int open = prompt.indexOf('<');
        while (open >= 0 && open < lastClose) {
            int colon = endOfWord(prompt, open + 1);
            int next = open + 1;
            if (colon > open + 1 && prompt.charAt(colon) == ':') {
                int close = prompt.indexOf('>', colon + 1);
                if (close > colon + 1) {
                    networks.add(network(prompt.substring(open + 1, colon), prompt.substring(colon + 1, close)));
                    rest.append(prompt, start, open);
                    start = close + 1;
                    next = start;
                }
            }
            open = prompt.indexOf('<', next);
        }
        return new PromptTags(rest.append(prompt, start, prompt.length()).toString(), networks);
    }

    private static int endOfWord(String prompt, int from) {
        int end = from;
        while (PythonText.isWord(prompt.codePointAt(end))) {
            end += Character.charCount(prompt.codePointAt(end));
        }
        return end;
    }

    private static ExtraNetwork network(String kind, String arguments) {
        List<String> positional = new ArrayList<>();
        Map<String, String> named = new LinkedHashMap<>();
        for (String argument : arguments.split(":", -1)) {
            int equals = argument.indexOf('=');
            if (equals < 0) {
                positional.add(argument);
            } else {
                named.put(argument.substring(0, equals), argument.substring(equals + 1));
            }
        }
        return new ExtraNetwork(kind, positional, named);
    }
}
