package io.dreamprotocol.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Draws measured times as a bar chart with a logarithmic axis, in SVG. */
final class Chart {
    private static final int ROW = 22;
    private static final int LABELS = 300;
    private static final int BARS = 480;
    private static final int MARGIN = 30;

    private Chart() {}

    static String draw(List<Benchmarks.Row> rows) {
        double smallest = rows.stream().mapToDouble(Chart::micros).min().orElse(1);
        double largest = rows.stream().mapToDouble(Chart::micros).max().orElse(10);
        double low = Math.floor(Math.log10(smallest));
        double high = Math.max(low + 1, Math.ceil(Math.log10(largest)));
        int height = rows.size() * ROW + 2 * MARGIN;
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>%n",
                LABELS + BARS + 120,
                height));
        svg.append("<rect width='100%' height='100%' fill='white'/>\n");
        for (double power = low; power <= high; power++) {
            double x = LABELS + BARS * (power - low) / (high - low);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='#ccc'/>%n",
                    x,
                    MARGIN - 8,
                    x,
                    height - MARGIN));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x='%.1f' y='%d' text-anchor='middle'>%s</text>%n",
                    x,
                    height - 10,
                    micros(power)));
        }
        for (int i = 0; i < rows.size(); i++) {
            Benchmarks.Row row = rows.get(i);
            int y = MARGIN + i * ROW;
            double width = Math.max(1, BARS * (Math.log10(micros(row)) - low) / (high - low));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x='%d' y='%d' text-anchor='end'>%s</text>%n",
                    LABELS - 8,
                    y + 13,
                    escape(row.name())));
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x='%d' y='%d' width='%.1f' height='%d' fill='#4477aa'/>%n",
                    LABELS,
                    y,
                    width,
                    ROW - 6));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x='%.1f' y='%d'>%.4g %s</text>%n",
                    LABELS + width + 6,
                    y + 13,
                    row.score(),
                    row.unit()));
        }
        return svg.append("</svg>\n").toString();
    }

    private static double micros(Benchmarks.Row row) {
        TimeUnit unit = switch (row.unit().replaceFirst("/op$", "")) {
            case "ns" -> TimeUnit.NANOSECONDS;
            case "us" -> TimeUnit.MICROSECONDS;
            case "ms" -> TimeUnit.MILLISECONDS;
            case "s" -> TimeUnit.SECONDS;
            default -> throw new IllegalArgumentException("No unit of time: " + row.unit());
        };
        return row.score() * unit.toNanos(1) / 1000;
    }

    private static String micros(double power) {
        double value = Math.pow(10, power);
        return value >= 1e6
                ? String.format(Locale.ROOT, "%.4g s", value / 1e6)
                : value >= 1e3
                        ? String.format(Locale.ROOT, "%.4g ms", value / 1e3)
                        : String.format(Locale.ROOT, "%.4g us", value);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
