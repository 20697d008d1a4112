package io.dreamprotocol.examples.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A file's name with numbers behind colons, as options have it.
 *
 * @param file the name; where a file's own name ends so, the numbers must be written too
 * @param numbers the numbers, in order
 */
record WeightedFile(String file, List<Double> numbers) {
    /** Copies the list. */
    WeightedFile {
        numbers = List.copyOf(numbers);
    }

    static WeightedFile parse(String text, int most) {
        String rest = text;
        List<Double> numbers = new ArrayList<>();
        while (numbers.size() < most) {
            int colon = rest.lastIndexOf(':');
            if (colon < 1 || !rest.substring(colon + 1).matches("-?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)")) {
                break;
            }
            numbers.addFirst(Double.parseDouble(rest.substring(colon + 1)));
            rest = rest.substring(0, colon);
        }
        return new WeightedFile(rest, numbers);
    }

    double number(int index, double absent) {
        return index < numbers.size() ? numbers.get(index) : absent;
    }
}
