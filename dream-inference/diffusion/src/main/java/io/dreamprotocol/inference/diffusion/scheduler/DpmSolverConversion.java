package io.dreamprotocol.inference.diffusion.scheduler;

/** How a network's prediction is turned into what a DPM-Solver integrates: the clean sample or the noise. */
record DpmSolverConversion(DpmSolverFormula.Algorithm algorithm, Prediction prediction, SampleLimit limit) {

    static DpmSolverConversion of(SchedulerConfig config, DpmSolverFormula.Algorithm algorithm) {
        Prediction prediction = algorithm.predictsData()
                ? Prediction.of(config, Prediction.EPSILON, Prediction.SAMPLE, Prediction.V, Prediction.FLOW)
                : Prediction.of(config, Prediction.EPSILON, Prediction.SAMPLE, Prediction.V);
        return new DpmSolverConversion(algorithm, prediction, SampleLimit.thresholding(config));
    }

    /** Writes what the solver integrates, within the limit. */
    void convert(VariancePreservingRun run, int index, float[] modelOutput, float[] sample, float[] out) {
        float alpha = run.alpha(index);
        float deviation = prediction == Prediction.FLOW ? run.sigma(index) : run.deviation(index);
        if (algorithm.predictsData()) {
            prediction.toOriginal(alpha, deviation, modelOutput, sample, out);
            limit.apply(out, run.batch());
            return;
        }
        prediction.toNoise(alpha, deviation, modelOutput, sample, out);
        if (limit instanceof SampleLimit.None) {
            return;
        }
        Prediction.EPSILON.toOriginal(alpha, deviation, out, sample, out);
        limit.apply(out, run.batch());
        Prediction.SAMPLE.toNoise(alpha, deviation, out, sample, out);
    }
}
