package io.dreamprotocol.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks and reports them: a table, {@code benchmarks.json}, and a chart {@code benchmarks.svg} in the current folder.
 *
 * <p>Arguments are those of JMH; without any, everything runs.
 */
public final class Benchmarks {
    private static final Path JSON = Path.of("benchmarks.json");
    private static final Path CHART = Path.of("benchmarks.svg");

    private Benchmarks() {}

    /**
     * Runs the benchmarks.
     *
     * @param arguments those of JMH
     * @throws CommandLineOptionException if an argument is none of JMH's
     * @throws RunnerException if a benchmark fails
     * @throws IOException if a report cannot be written
     */
    public static void main(String[] arguments) throws CommandLineOptionException, RunnerException, IOException {
        CommandLineOptions given = new CommandLineOptions(arguments);
        if (given.shouldHelp()) {
            given.showHelp();
            return;
        }
        Options options = new OptionsBuilder()
                .parent(given)
                .resultFormat(ResultFormatType.JSON)
                .result(JSON.toString())
                .shouldFailOnError(true)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        List<Row> rows = new ArrayList<>();
        for (RunResult result : results) {
            rows.add(row(result));
        }
        print(rows);
        Files.writeString(CHART, Chart.draw(rows));
        System.out.println("Wrote " + JSON + " and " + CHART);
    }

    /** One measured figure. */
    record Row(String name, double score, double error, String unit, List<String> notes) {}

    private static Row row(RunResult result) {
        Result<?> primary = result.getPrimaryResult();
        StringBuilder name = new StringBuilder(
                result.getParams().getBenchmark().replaceFirst("^io\\.dreamprotocol\\.benchmarks\\.", ""));
        for (String key : result.getParams().getParamsKeys()) {
            name.append(' ').append(result.getParams().getParam(key));
        }
        return new Row(
                name.toString(),
                primary.getScore(),
                primary.getScoreError(),
                primary.getScoreUnit(),
                Ratios.of(result));
    }

    private static void print(List<Row> rows) {
        System.out.println();
        System.out.printf(Locale.ROOT, "%-40s %12s %10s  %s%n", "benchmark", "time", "+-", "unit");
        for (Row row : rows) {
            System.out.printf(
                    Locale.ROOT, "%-40s %12.3f %10.3f  %s%n", row.name(), row.score(), row.error(), row.unit());
            row.notes().forEach(note -> System.out.println("    " + note));
        }
        System.out.println();
    }
}
