package io.dreamprotocol.core.image;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The generation parameters in the text form that the AUTOMATIC1111 web UI stores under the PNG keyword {@code parameters}.
 *
 * <p>The prompt comes first, any number of lines; then, if there is one, the negative prompt behind {@code Negative prompt:}; and
 * in the last line pairs of {@code Key: value}, separated by commas. A value that holds a comma, colon or line break is quoted as
 * a JSON string.
 *
 * @param prompt the prompt
 * @param negativePrompt the negative prompt; may be empty
 * @param fields the pairs of the last line in their order, values without quotes
 */
public record Infotext(String prompt, String negativePrompt, Map<String, String> fields) {
    /** The PNG keyword under which this text is stored. */
    public static final String KEYWORD = "parameters";

    private static final String NEGATIVE = "Negative prompt:";
    /** Keys have an end, lest a long line without colons take a time that grows with the square of its length. */
    private static final Pattern PAIR =
            Pattern.compile("(\\w[\\w \\-/]{1,100}):\\s*(\"(?:\\\\.|[^\\\\\"])++\"|[^,]*+)(?:,|$)");

    /** The least pairs that make the last line one of parameters, as the web UI has it. */
    private static final int LEAST_PAIRS = 3;

    /** Copies the fields, keeping their order. */
    public Infotext {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(negativePrompt, "negativePrompt");
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * Describes an image by its request, in the terms and the order of web UI 1.10: a scheduler's name is split into the sampler and
     * the schedule type, the noise is stated where it is not the web UI's usual one, and style models stand in the prompt.
     *
     * @param request the request
     * @return the text's parts
     */
    public static Infotext of(CanonicalRequest request) {
        return of(request, Map.of());
    }

    /**
     * Describes an image by its request and by what only its maker knows.
     *
     * @param request the request
     * @param further the maker's pairs, in order: {@link ModelOutput#parameters}
     * @return the text's parts
     */
    public static Infotext of(CanonicalRequest request, Map<String, String> further) {
        return InfotextOfRequest.describe(request, further);
    }

    /**
     * Reads the text form.
     *
     * @param text the text
     * @return its parts; a last line with fewer than three pairs belongs to the prompt
     */
    public static Infotext parse(String text) {
        String[] lines = text.strip().split("\n", -1);
        int end = lines.length;
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher matcher = PAIR.matcher(lines[end - 1]);
        int pairs = 0;
        while (matcher.find()) {
            fields.put(matcher.group(1), JsonText.unquote(matcher.group(2).strip()));
            pairs++;
        }
        if (pairs >= LEAST_PAIRS) {
            end--;
        } else {
            fields.clear();
        }
        StringBuilder prompt = new StringBuilder();
        StringBuilder negative = new StringBuilder();
        StringBuilder current = prompt;
        boolean first = true;
        for (int i = 0; i < end; i++) {
            String line = lines[i].strip();
            if (line.startsWith(NEGATIVE)) {
                line = line.substring(NEGATIVE.length()).strip();
                first = current == prompt || first;
                current = negative;
            }
            current.append(first ? "" : "\n").append(line);
            first = false;
        }
        return new Infotext(prompt.toString(), negative.toString(), fields);
    }

    /** Returns the text form. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(prompt);
        if (!negativePrompt.isEmpty()) {
            text.append('\n').append(NEGATIVE).append(' ').append(negativePrompt);
        }
        text.append('\n');
        String separator = "";
        for (Map.Entry<String, String> field : fields.entrySet()) {
            text.append(separator).append(field.getKey()).append(": ").append(JsonText.quoteIfNeeded(field.getValue()));
            separator = ", ";
        }
        return text.toString();
    }
}
