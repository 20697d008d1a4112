package io.dreamprotocol.inference.diffusion.scheduler;

/**
 * The weights of one DPM-Solver update: the next sample is a weighted sum of the sample at the anchor, the network's
 * output there, its first and second finite differences, and fresh noise.
 *
 * <p>Sources: <a href="https://arxiv.org/abs/2206.00927">2206.00927</a> (noise prediction), <a
 * href="https://arxiv.org/abs/2211.01095">2211.01095</a> (data prediction and the stochastic forms, appendix B).
 */
record DpmSolverFormula(float sample, float output, float firstDifference, float secondDifference, float noise) {

    /** What the solver integrates. */
    enum Algorithm {
        /** The noise prediction. */
        NOISE("dpmsolver"),
        /** The data prediction. */
        DATA("dpmsolver++"),
        /** The noise prediction of the stochastic equation. */
        NOISE_SDE("sde-dpmsolver"),
        /** The data prediction of the stochastic equation. */
        DATA_SDE("sde-dpmsolver++");

        private final String configName;

        Algorithm(String configName) {
            this.configName = configName;
        }

        /** The algorithm of a configuration; that of DEIS, which shares configurations, counts as the default. */
        static Algorithm of(SchedulerConfig config, Algorithm... known) {
            String[] names = new String[known.length + 1];
            for (int i = 0; i < known.length; i++) {
                names[i] = known[i].configName;
            }
            names[known.length] = "deis";
            String name = config.choice("algorithm_type", DATA.configName, names);
            for (Algorithm algorithm : known) {
                if (algorithm.configName.equals(name)) {
                    return algorithm;
                }
            }
            return DATA;
        }

        boolean isStochastic() {
            return this == NOISE_SDE || this == DATA_SDE;
        }

        boolean predictsData() {
            return this == DATA || this == DATA_SDE;
        }
    }

    /** How the first difference enters. */
    enum Correction {
        /** The output is taken as constant. */
        NONE,
        /** The output changes linearly, integrated by the midpoint rule. */
        MIDPOINT,
        /** The output's Taylor polynomial is integrated exactly ("heun" in configurations). */
        TAYLOR;

        /** The correction of a configuration; the names of other solvers, which share configurations, count as midpoint. */
        static Correction of(SchedulerConfig config) {
            String name = config.choice("solver_type", "midpoint", "midpoint", "heun", "logrho", "bh1", "bh2");
            return name.equals("heun") ? TAYLOR : MIDPOINT;
        }

        private DpmSolverFormula weights(float sample, float output, float first, float second, float noise) {
            return switch (this) {
                case NONE -> new DpmSolverFormula(sample, output, 0, 0, noise);
                case MIDPOINT -> new DpmSolverFormula(sample, output, 0.5f * output, 0, noise);
                case TAYLOR -> new DpmSolverFormula(sample, output, first, second, noise);
            };
        }
    }

    /**
     * The weights of an update.
     *
     * @param alpha the signal's weight at the target
     * @param deviation the noise's weight at the target
     * @param anchorAlpha the signal's weight at the anchor
     * @param anchorDeviation the noise's weight at the anchor
     * @param h the way from anchor to target in half the logarithm of the signal-to-noise ratio
     */
    static DpmSolverFormula of(
            Algorithm algorithm,
            Correction correction,
            float alpha,
            float deviation,
            float anchorAlpha,
            float anchorDeviation,
            float h) {
        return switch (algorithm) {
            case DATA -> {
                float phi = Float32.exp(-h) - 1;
                yield correction.weights(
                        deviation / anchorDeviation,
                        -alpha * phi,
                        alpha * (phi / h + 1),
                        -alpha * ((phi + h) / (h * h) - 0.5f),
                        0);
            }
            case NOISE -> {
                float phi = Float32.exp(h) - 1;
                yield correction.weights(
                        alpha / anchorAlpha,
                        -deviation * phi,
                        -deviation * (phi / h - 1),
                        -deviation * ((phi - h) / (h * h) - 0.5f),
                        0);
            }
            case DATA_SDE -> {
                float phi = 1 - Float32.exp(-2 * h);
                yield correction.weights(
                        deviation / anchorDeviation * Float32.exp(-h),
                        alpha * phi,
                        alpha * (phi / (-2 * h) + 1),
                        alpha * ((phi - 2 * h) / (4 * h * h) - 0.5f),
                        deviation * Float32.sqrt(phi));
            }
            case NOISE_SDE -> {
                float phi = Float32.exp(h) - 1;
                yield correction.weights(
                        alpha / anchorAlpha,
                        -2 * (deviation * phi),
                        -2 * (deviation * (phi / h - 1)),
                        0,
                        deviation * Float32.sqrt(Float32.exp(2 * h) - 1));
            }
        };
    }

    /** The same update where only the first difference is known. */
    DpmSolverFormula withoutSecondDifference() {
        return new DpmSolverFormula(sample, output, firstDifference, 0, noise);
    }

    /** Writes the sum; a difference whose weight is zero is not read. */
    void apply(float[] x, float[] d0, float[] d1, float[] d2, float[] draw, float[] out) {
        for (int i = 0; i < out.length; i++) {
            float sum = sample * x[i] + output * d0[i];
            if (firstDifference != 0) {
                sum += firstDifference * d1[i];
            }
            if (secondDifference != 0) {
                sum += secondDifference * d2[i];
            }
            if (noise != 0) {
                sum += noise * draw[i];
            }
            out[i] = sum;
        }
    }
}
