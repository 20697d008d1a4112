package io.dreamprotocol.inference.diffusion.text;

import java.nio.charset.StandardCharsets;

/**
 * A reader of {@code vocab.json}: one flat JSON object from token texts to ids.
 *
 * <p>It is written for this one shape because the file is read at every start: a general JSON parser takes several times
 * as long to become fast as this one takes for the whole file.
 */
final class VocabularyJson {
    private final byte[] json;
    private final TokenTable tokens;
    private int at;

    private VocabularyJson(byte[] json, TokenTable tokens) {
        this.json = json;
        this.tokens = tokens;
    }

    /** Puts every entry of the file into the table. */
    static void read(byte[] json, TokenTable tokens) throws MalformedTokenizerException {
        new VocabularyJson(json, tokens).object();
    }

    private void object() throws MalformedTokenizerException {
        expect('{');
        if (nextVisible() == '}') {
            throw malformed("it has no tokens");
        }
        at--;
        byte separator;
        do {
            expect('"');
            long hash = text();
            expect(':');
            tokens.put(hash, number());
            separator = nextVisible();
        } while (separator == ',');
        if (separator != '}') {
            throw malformed("expected ',' or '}'");
        }
        while (at < json.length) {
            if (json[at] != '\n' && json[at] != '\r' && json[at] != ' ' && json[at] != '\t') {
                throw malformed("it goes on after its end");
            }
            at++;
        }
    }

    /** Reads the rest of a string and returns its hash. */
    private long text() throws MalformedTokenizerException {
        long hash = TokenTable.EMPTY;
        while (at < json.length) {
            byte next = json[at++];
            if (next == '"') {
                return hash;
            }
            if (next == '\\') {
                hash = escape(hash);
            } else if (next >= 0 && next < ' ') {
                throw malformed("a token has a control character");
            } else {
                hash = TokenTable.extend(hash, next);
            }
        }
        throw truncated();
    }

    private long escape(long hash) throws MalformedTokenizerException {
        byte kind = next();
        return switch (kind) {
            case '"', '\\', '/' -> TokenTable.extend(hash, kind);
            case 'b' -> TokenTable.extend(hash, (byte) '\b');
            case 'f' -> TokenTable.extend(hash, (byte) '\f');
            case 'n' -> TokenTable.extend(hash, (byte) '\n');
            case 'r' -> TokenTable.extend(hash, (byte) '\r');
            case 't' -> TokenTable.extend(hash, (byte) '\t');
            case 'u' -> character(hash);
            default -> throw malformed("a token has an unknown escape");
        };
    }

    private long character(long hash) throws MalformedTokenizerException {
        int code = hexadecimal();
        if (Character.isHighSurrogate((char) code)) {
            if (next() != '\\' || next() != 'u') {
                throw malformed("a token has half a surrogate pair");
            }
            char low = (char) hexadecimal();
            if (!Character.isLowSurrogate(low)) {
                throw malformed("a token has half a surrogate pair");
            }
            code = Character.toCodePoint((char) code, low);
        } else if (Character.isLowSurrogate((char) code)) {
            throw malformed("a token has half a surrogate pair");
        }
        long extended = hash;
        for (byte next : Character.toString(code).getBytes(StandardCharsets.UTF_8)) {
            extended = TokenTable.extend(extended, next);
        }
        return extended;
    }

    private int hexadecimal() throws MalformedTokenizerException {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
                throw malformed("a token has an unknown escape");
            }
            code = code << 4 | digit;
        }
        return code;
    }

    private int number() throws MalformedTokenizerException {
        int value = nextVisible() - '0';
        if (value < 0 || value > 9) {
            throw malformed("a token has no whole number as its id");
        }
        while (at < json.length && json[at] >= '0' && json[at] <= '9') {
            value = value * 10 + json[at++] - '0';
            if (value >= TokenTable.MAX_TOKENS) {
                throw malformed("a token's id is " + TokenTable.MAX_TOKENS + " or more");
            }
        }
        return value;
    }

    private void expect(char wanted) throws MalformedTokenizerException {
        if (nextVisible() != wanted) {
            throw malformed("expected '" + wanted + "'");
        }
    }

    private byte nextVisible() throws MalformedTokenizerException {
        byte next = next();
        while (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
            next = next();
        }
        return next;
    }

    private byte next() throws MalformedTokenizerException {
        if (at == json.length) {
            throw truncated();
        }
        return json[at++];
    }

    private MalformedTokenizerException truncated() {
        return new MalformedTokenizerException("vocab.json ends in the middle, after " + json.length + " bytes");
    }

    private MalformedTokenizerException malformed(String what) {
        return new MalformedTokenizerException("vocab.json: " + what + " at byte " + at);
    }
}
