package io.dreamprotocol.examples.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells whose columns stand below each other. */
final class Table {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(headings);
    }

    void row(String... cells) {
        String[] safe = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            safe[i] = PrintableText.oneLine(cells[i]);
        }
        rows.add(safe);
    }

    void print(Terminal terminal) {
        int columns = rows.getFirst().length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], length(row[i]));
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row[i]);
                if (i < columns - 1) {
                    line.append(" ".repeat(widths[i] - length(row[i]))).append(GAP);
                }
            }
            terminal.line(line.toString());
        }
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
