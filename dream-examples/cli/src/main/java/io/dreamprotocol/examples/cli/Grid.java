package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The cells of a contact sheet: one axis or two, each a setting and its values, as {@code steps=10,20 guidance=3,7} says them.
 *
 * @param columns the values across
 * @param rows the values down; one without a change if there is one axis
 */
record Grid(List<Cell> columns, List<Cell> rows) {
    static final String OPTION = "--grid";

    private static final Set<String> SETTINGS =
            Set.of("steps", "guidance", "seed", "scheduler", "width", "height", "prompt", "negative");
    private static final int MAX_CELLS = 400;

    /** Copies the lists. */
    Grid {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** One value of an axis. An empty setting changes nothing. */
    record Cell(String setting, String value) {
        String label() {
            return setting.isEmpty() ? "" : setting + " " + value;
        }
    }

    /** Reads the axes. */
    static Grid parse(String text, Arguments arguments) {
        List<List<Cell>> axes = new ArrayList<>();
        for (String axis : text.strip().split("\\s+(?=[a-z]+=)", -1)) {
            int equals = axis.indexOf('=');
            String setting = equals < 1 ? "" : axis.substring(0, equals);
            if (!SETTINGS.contains(setting)) {
                throw arguments.usage(OPTION + " needs one or two of " + SETTINGS + " with values, for example "
                        + "\"steps=10,20 guidance=3,7\"");
            }
            List<Cell> cells = new ArrayList<>();
            for (String value : axis.substring(equals + 1).split(",", -1)) {
                if (value.isBlank()) {
                    throw arguments.usage(OPTION + " has an empty value of " + setting);
                }
                cells.add(new Cell(setting, value.strip()));
            }
            axes.add(cells);
        }
        if (axes.size() > 2) {
            throw arguments.usage(OPTION + " has two axes at most");
        }
        Grid grid = new Grid(axes.getFirst(), axes.size() == 2 ? axes.get(1) : List.of(new Cell("", "")));
        if (grid.columns.size() * grid.rows.size() > MAX_CELLS) {
            throw arguments.usage(OPTION + " has more than " + MAX_CELLS + " cells");
        }
        return grid;
    }

    int size() {
        return columns.size() * rows.size();
    }

    /** Changes a request as one cell says, counted by rows. */
    GenerationRequest apply(GenerationRequest request, int index, Arguments arguments) {
        GenerationRequest across = set(request, columns.get(index % columns.size()), arguments);
        return set(across, rows.get(index / columns.size()), arguments);
    }

    private static GenerationRequest set(GenerationRequest request, Cell cell, Arguments arguments) {
        try {
            return switch (cell.setting) {
                case "steps" -> request.withSteps(Integer.parseInt(cell.value));
                case "guidance" -> request.withGuidanceScale(Double.parseDouble(cell.value));
                case "seed" -> request.withSeed(Long.parseLong(cell.value));
                case "scheduler" -> request.withScheduler(cell.value);
                case "width" -> request.withWidth(Integer.parseInt(cell.value));
                case "height" -> request.withHeight(Integer.parseInt(cell.value));
                case "prompt" -> request.withPrompt(cell.value);
                case "negative" -> request.withNegativePrompt(cell.value);
                default -> request;
            };
        } catch (NumberFormatException e) {
            throw arguments.usage(OPTION + ": " + cell.setting + " needs a number, not '"
                    + PrintableText.oneLine(cell.value, 40) + "'");
        }
    }
}
