package io.dreamprotocol.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** The ratios of times that were measured side by side, iteration by iteration: another counter of nanoseconds over {@code bareNanos}. */
final class Ratios {
    private static final String BARE = "bareNanos";
    private static final String NANOS = "Nanos";

    private Ratios() {}

    static List<String> of(RunResult result) {
        List<Double> ratios = new ArrayList<>();
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                Result<?> bare = iteration.getSecondaryResults().get(BARE);
                iteration.getSecondaryResults().forEach((name, measured) -> {
                    if (bare != null && name.endsWith(NANOS) && !name.equals(BARE)) {
                        ratios.add(measured.getScore() / bare.getScore());
                    }
                });
            }
        }
        if (ratios.isEmpty()) {
            return List.of();
        }
        ratios.sort(null);
        return List.of(String.format(
                Locale.ROOT,
                "over the bare calls: median %.4f, quartiles %.4f to %.4f, of %d pairs",
                quantile(ratios, 0.5),
                quantile(ratios, 0.25),
                quantile(ratios, 0.75),
                ratios.size()));
    }

    private static double quantile(List<Double> sorted, double share) {
        return sorted.get((int) Math.round(share * (sorted.size() - 1)));
    }
}
