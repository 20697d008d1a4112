package io.dreamprotocol.core.contributor;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads comma-separated values (RFC 4180) in UTF-8 row by row, also with bare line feeds and without the last line's end. */
final class CsvReader {
    /** The most characters of a row: 65,536. */
    static final int MAX_ROW = 1 << 16;

    private static final int END = -1;
    private static final int BYTE_ORDER_MARK = 0xFEFF;

    private final Reader in;
    /** Its own buffer, because a reader's costs a lock for every character. */
    private final char[] buffer = new char[1 << 14];

    private int at;
    private int filled;
    private long line = 1;
    private long row = 1;
    private int ahead;
    private int length;

    CsvReader(InputStream in) throws IOException {
        this.in = new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        ahead = read();
        if (ahead == BYTE_ORDER_MARK) {
            ahead = read();
        }
    }

    private int read() throws IOException {
        if (at < filled) {
            return buffer[at++];
        }
        try {
            filled = in.read(buffer);
            at = 1;
            return filled > 0 ? buffer[0] : END;
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONTRIBUTIONS, "The file is no text in UTF-8, near line " + line, e);
        }
    }

    /** Returns the next row that is not empty, or null at the end. */
    @Nullable
    List<String> next() throws IOException {
        while (ahead == '\r' || ahead == '\n') {
            endLine();
        }
        if (ahead == END) {
            return null;
        }
        row = line;
        length = 0;
        List<String> fields = new ArrayList<>();
        fields.add(field());
        while (ahead == ',') {
            advance();
            fields.add(field());
        }
        if (ahead != END) {
            endLine();
        }
        return fields;
    }

    /** The line in which the row that was read last begins, from 1. */
    long row() {
        return row;
    }

    InvalidInputException wrong(String what) {
        return new InvalidInputException(ErrorCode.INVALID_CONTRIBUTIONS, "Line " + row + ": " + what);
    }

    private String field() throws IOException {
        if (ahead == '"') {
            return quoted();
        }
        StringBuilder field = new StringBuilder();
        while (ahead != ',' && ahead != '\r' && ahead != '\n' && ahead != END) {
            if (ahead == '"') {
                throw wrong("a quote within a field; put the whole field in quotes and write the quote twice");
            }
            field.append((char) ahead);
            advance();
        }
        return field.toString();
    }

    private String quoted() throws IOException {
        StringBuilder field = new StringBuilder();
        advance();
        while (true) {
            if (ahead == END) {
                throw wrong("a quote is opened and not closed");
            }
            if (ahead == '"') {
                advance();
                if (ahead != '"') {
                    break;
                }
            }
            if (ahead == '\n') {
                line++;
            }
            field.append((char) ahead);
            advance();
        }
        if (ahead != ',' && ahead != '\r' && ahead != '\n' && ahead != END) {
            throw wrong("text follows a closing quote; put a comma between");
        }
        return field.toString();
    }

    private void advance() throws IOException {
        if (++length > MAX_ROW) {
            throw wrong("a row has more than " + MAX_ROW + " characters");
        }
        ahead = read();
    }

    private void endLine() throws IOException {
        if (ahead == '\r') {
            ahead = read();
            if (ahead != '\n') {
                line++;
                return;
            }
        }
        line++;
        ahead = read();
    }
}
