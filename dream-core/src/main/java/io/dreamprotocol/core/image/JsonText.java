package io.dreamprotocol.core.image;

/** The quoting of JSON strings (RFC 8259), which info texts also use for values with separators in them. */
public final class JsonText {
    private JsonText() {}

    static String quoteIfNeeded(String value) {
        if (value.indexOf(',') < 0 && value.indexOf(':') < 0 && value.indexOf('\n') < 0) {
            return value;
        }
        return quote(value);
    }

    /**
     * Writes a JSON string.
     *
     * @param value the text
     * @return the text in quotes, with escapes where JSON needs them
     */
    public static String quote(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char letter = value.charAt(i);
            switch (letter) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\b' -> quoted.append("\\b");
                case '\f' -> quoted.append("\\f");
                default -> {
                    if (letter < ' ') {
                        quoted.append(String.format("\\u%04x", (int) letter));
                    } else {
                        quoted.append(letter);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    /** Takes the quotes off; what is not a whole JSON string stays as it is. */
    static String unquote(String value) {
        if (value.length() < 2 || !value.startsWith("\"") || !value.endsWith("\"")) {
            return value;
        }
        StringBuilder plain = new StringBuilder();
        int end = value.length() - 1;
        for (int i = 1; i < end; i++) {
            char letter = value.charAt(i);
            if (letter < ' ' || letter == '"') {
                return value;
            }
            if (letter != '\\') {
                plain.append(letter);
                continue;
            }
            if (++i >= end) {
                return value;
            }
            int simple = "\"\\/nrtbf".indexOf(value.charAt(i));
            if (simple >= 0) {
                plain.append("\"\\/\n\r\t\b\f".charAt(simple));
            } else if (value.charAt(i) == 'u'
                    && i + 4 < end
                    && value.substring(i + 1, i + 5).matches("[0-9A-Fa-f]{4}")) {
                plain.append((char) Integer.parseInt(value.substring(i + 1, i + 5), 16));
                i += 4;
            } else {
                return value;
            }
        }
        return plain.toString();
    }
}
