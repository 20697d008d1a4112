package io.dreamprotocol.examples.cli;

/** Writes one JSON object (RFC 8259), member by member; what a terminal would obey is escaped. */
final class Json {
    private final StringBuilder text = new StringBuilder();
    private boolean first = true;

    Json object() {
        return open('{');
    }

    Json object(String name) {
        name(name);
        return begin('{');
    }

    Json array(String name) {
        name(name);
        return begin('[');
    }

    Json end() {
        return close('}');
    }

    Json endArray() {
        return close(']');
    }

    Json member(String name, String value) {
        name(name);
        quote(value);
        return this;
    }

    Json member(String name, long value) {
        name(name);
        text.append(value);
        return this;
    }

    Json member(String name, double value) {
        name(name);
        text.append(Numbers.text(value));
        return this;
    }

    Json member(String name, boolean value) {
        name(name);
        text.append(value);
        return this;
    }

    Json element(String value) {
        separate();
        quote(value);
        return this;
    }

    private Json open(char bracket) {
        separate();
        return begin(bracket);
    }

    private Json begin(char bracket) {
        text.append(bracket);
        first = true;
        return this;
    }

    private Json close(char bracket) {
        text.append(bracket);
        first = false;
        return this;
    }

    private void name(String name) {
        separate();
        quote(name);
        text.append(':');
    }

    private void separate() {
        if (!first) {
            text.append(',');
        }
        first = false;
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char letter = value.charAt(i);
            switch (letter) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    boolean half = Character.isSurrogate(letter) && !isPair(value, i);
                    if (half || !PrintableText.isPrintable(letter)) {
                        text.append("\\u");
                        for (int shift = 12; shift >= 0; shift -= 4) {
                            text.append(Character.forDigit((letter >> shift) & 0xF, 16));
                        }
                    } else {
                        text.append(letter);
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean isPair(String value, int at) {
        char letter = value.charAt(at);
        return Character.isHighSurrogate(letter)
                ? at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(value.charAt(at - 1));
    }

    /** Returns what was written. */
    @Override
    public String toString() {
        return text.toString();
    }
}
