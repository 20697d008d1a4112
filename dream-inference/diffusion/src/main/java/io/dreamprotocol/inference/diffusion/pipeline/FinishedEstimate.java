package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.inference.diffusion.scheduler.DenoisingRun;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerConfig;

/**
 * What a prediction says the finished latents will be: the sample less its noise. That is what a preview shows, because the sample
 * itself is mostly noise until late.
 */
final class FinishedEstimate {
    private static final String FLOW = "FlowMatch";

    /** Below this share of signal, dividing by it gives nothing but rounding errors. */
    private static final double LEAST_SIGNAL = 1e-3;

    private FinishedEstimate() {}

    /**
     * Estimates the finished latents at one call.
     *
     * @param run the run, which says how much signal and noise the sample has
     * @param index the call
     * @param config says what the network predicts
     * @param scaled what the network was given
     * @param prediction what it predicted
     * @param out receives the estimate
     * @return whether there is one: methods that precondition the network in their own way give none
     */
    static boolean of(
            DenoisingRun run, int index, SchedulerConfig config, float[] scaled, float[] prediction, float[] out) {
        String className = config.className();
        if (className.startsWith("EDM")) {
            return false;
        }
        // Adding noise is linear, so that two samples of one number tell the weights of signal and noise.
        double signal = weight(run, index, 1, 0);
        double noise = weight(run, index, 0, 1);
        if (className.startsWith(FLOW)) {
            return combine(1, scaled, -noise, prediction, out);
        }
        double length = Math.hypot(signal, noise);
        signal /= length;
        noise /= length;
        return switch (config.predictionType().orElse("epsilon")) {
            case "epsilon" -> signal >= LEAST_SIGNAL && combine(1 / signal, scaled, -noise / signal, prediction, out);
            case "v_prediction" -> combine(signal, scaled, -noise, prediction, out);
            case "sample" -> combine(0, scaled, 1, prediction, out);
            case "flow_prediction" -> combine(1, scaled, -noise, prediction, out);
            default -> false;
        };
    }

    private static double weight(DenoisingRun run, int index, float original, float noise) {
        float[] out = new float[1];
        run.addNoise(new float[] {original}, new float[] {noise}, index, out);
        return out[0];
    }

    private static boolean combine(double a, float[] first, double b, float[] second, float[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (a * first[i] + b * second[i]);
        }
        return true;
    }
}
