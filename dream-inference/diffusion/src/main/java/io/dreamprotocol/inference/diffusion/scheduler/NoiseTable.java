package io.dreamprotocol.inference.diffusion.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * How much of the signal is left at each training timestep (the papers' alpha-bar), and the noise levels that follow.
 *
 * <p>The schedules are those of DDPM (<a href="https://arxiv.org/abs/2006.11239">2006.11239</a>), Stable Diffusion
 * ("scaled linear"), and the squared cosine of <a href="https://arxiv.org/abs/2102.09672">2102.09672</a>; rescaling to
 * zero terminal SNR is algorithm 1 of <a href="https://arxiv.org/abs/2305.08891">2305.08891</a>.
 */
final class NoiseTable {

    private static final double MAX_BETA = 0.999;

    /** Smaller ones vanish in float32, and with them the first noise level. */
    private static final double MIN_BETA = 1e-7;

    /** Stands for the zero of a rescaled table where a finite noise level is needed. */
    private static final float SMALLEST_ALPHA = 0x1p-24f;

    /** What a class takes for a beta schedule where its configuration says nothing. */
    record Defaults(double betaStart, double betaEnd, String betaSchedule) {
        static final Defaults DDPM = new Defaults(0.0001, 0.02, "linear");
        static final Defaults K_DIFFUSION = new Defaults(0.00085, 0.012, "linear");
        static final Defaults CONSISTENCY = new Defaults(0.00085, 0.012, "scaled_linear");
    }

    private final float[] alphasCumprod;
    private final float[] sigmas;
    private final float[] logSigmas;

    private NoiseTable(float[] alphasCumprod) {
        this.alphasCumprod = alphasCumprod;
        this.sigmas = new float[alphasCumprod.length];
        this.logSigmas = new float[alphasCumprod.length];
        for (int i = 0; i < alphasCumprod.length; i++) {
            sigmas[i] = Float32.sqrt((1 - alphasCumprod[i]) / alphasCumprod[i]);
            logSigmas[i] = Float32.rationalLog(sigmas[i]);
        }
    }

    /** The table of a configuration. */
    static NoiseTable of(SchedulerConfig config, Defaults defaults) {
        return new NoiseTable(cumulativeAlphas(betas(config, defaults)));
    }

    /** The table of a configuration whose class may rescale it to zero terminal SNR; the last level stays zero. */
    static NoiseTable rescalable(SchedulerConfig config, Defaults defaults) {
        float[] betas = betas(config, defaults);
        return new NoiseTable(cumulativeAlphas(rescales(config) ? rescaled(betas) : betas));
    }

    /** The same for classes that work on noise levels, which must be finite. */
    static NoiseTable rescalableFinite(SchedulerConfig config, Defaults defaults) {
        float[] betas = betas(config, defaults);
        if (!rescales(config)) {
            return new NoiseTable(cumulativeAlphas(betas));
        }
        float[] alphas = cumulativeAlphas(rescaled(betas));
        alphas[alphas.length - 1] = SMALLEST_ALPHA;
        return new NoiseTable(alphas);
    }

    private static boolean rescales(SchedulerConfig config) {
        return config.flag("rescale_betas_zero_snr", false);
    }

    static int trainTimesteps(SchedulerConfig config) {
        return config.trainTimesteps();
    }

    private static float[] betas(SchedulerConfig config, Defaults defaults) {
        int count = trainTimesteps(config);
        double @Nullable [] trained = config.reals("trained_betas", SchedulerConfig.MAX_TRAIN_TIMESTEPS, MIN_BETA, 1);
        if (trained != null) {
            if (trained.length != count) {
                throw config.invalid(
                        "trained_betas",
                        "a list of " + trained.length,
                        "a list of num_train_timesteps, " + count + ", numbers");
            }
            return toFloats(trained);
        }
        double start = config.real("beta_start", defaults.betaStart(), MIN_BETA, 1);
        double end = config.real("beta_end", defaults.betaEnd(), MIN_BETA, 1);
        String schedule = config.choice(
                "beta_schedule",
                defaults.betaSchedule(),
                "linear",
                "scaled_linear",
                "squaredcos_cap_v2",
                "exp",
                "laplace",
                "sigmoid");
        return switch (schedule) {
            case "linear" -> Float32.linspace(start, end, count);
            case "scaled_linear" -> squared(Float32.linspace(Math.sqrt(start), Math.sqrt(end), count));
            case "sigmoid" -> sigmoid(Float32.linspace(-6, 6, count), start, end);
            default -> fromAlphaBar(schedule, count);
        };
    }

    private static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static float[] squared(float[] roots) {
        for (int i = 0; i < roots.length; i++) {
            roots[i] = roots[i] * roots[i];
        }
        return roots;
    }

    private static float[] sigmoid(float[] logits, double start, double end) {
        float range = (float) (end - start);
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (1 / (1 + Math.exp(-logits[i]))) * range + (float) start;
        }
        return logits;
    }

    private static float[] fromAlphaBar(String schedule, int count) {
        float[] betas = new float[count];
        for (int i = 0; i < count; i++) {
            double now = alphaBar(schedule, (double) i / count);
            double next = alphaBar(schedule, (double) (i + 1) / count);
            betas[i] = (float) Math.min(1 - next / now, MAX_BETA);
        }
        return betas;
    }

    private static double alphaBar(String schedule, double time) {
        return switch (schedule) {
            case "exp" -> Math.exp(time * -12);
            case "laplace" -> {
                double side = Math.copySign(1, 0.5 - time);
                double snr = Math.exp(-0.5 * side * Math.log(1 - 2 * Math.abs(0.5 - time) + 1e-6));
                yield Math.sqrt(snr / (1 + snr));
            }
            default -> {
                double cosine = Math.cos((time + 0.008) / 1.008 * Math.PI / 2);
                yield cosine * cosine;
            }
        };
    }

    private static float[] cumulativeAlphas(float[] betas) {
        float[] products = new float[betas.length];
        double product = 1;
        for (int i = 0; i < betas.length; i++) {
            product *= 1 - betas[i];
            products[i] = (float) product;
        }
        return products;
    }

    private static float[] rescaled(float[] betas) {
        float[] roots = cumulativeAlphas(betas);
        for (int i = 0; i < roots.length; i++) {
            roots[i] = Float32.sqrt(roots[i]);
        }
        float first = roots[0];
        float last = roots[roots.length - 1];
        float stretch = first / (first - last);
        float[] changed = new float[betas.length];
        float previous = 1;
        for (int i = 0; i < betas.length; i++) {
            float root = (roots[i] - last) * stretch;
            float alphaBar = root * root;
            changed[i] = 1 - (i == 0 ? alphaBar : alphaBar / previous);
            previous = alphaBar;
        }
        return changed;
    }

    /** The number of training timesteps. */
    int length() {
        return alphasCumprod.length;
    }

    /** The share of the signal's variance that is left at a timestep. */
    float alphaCumprod(int timestep) {
        return alphasCumprod[timestep];
    }

    /** The noise level (deviation of noise over that of signal) at a timestep, rising with it. */
    float sigma(int timestep) {
        return sigmas[timestep];
    }

    /** The noise level at a timestep between two table entries, linear between them and constant outside. */
    double interpolatedSigma(double timestep) {
        if (timestep <= 0) {
            return sigmas[0];
        }
        int last = sigmas.length - 1;
        if (timestep >= last) {
            return sigmas[last];
        }
        int below = (int) timestep;
        double slope = (double) sigmas[below + 1] - sigmas[below];
        return slope * (timestep - below) + sigmas[below];
    }

    /** The smallest and the largest noise level. */
    double minSigma() {
        return sigmas[0];
    }

    double maxSigma() {
        return sigmas[sigmas.length - 1];
    }

    float logSigma(int timestep) {
        return logSigmas[timestep];
    }

    /** The timestep of a noise level, interpolated in the logarithm and clipped to the table. */
    double timestepOf(double sigma) {
        if (logSigmas.length == 1) {
            return 0;
        }
        double logSigma = Math.log(Math.max(sigma, 1e-10));
        int low = Math.clamp(entriesUpTo(logSigma) - 1, 0, logSigmas.length - 2);
        double below = logSigmas[low];
        double above = logSigmas[low + 1];
        double weight = Math.clamp((below - logSigma) / (below - above), 0.0, 1.0);
        return (1 - weight) * low + weight * (low + 1);
    }

    /** The number of entries whose logarithm is at most the given one; the table rises. */
    private int entriesUpTo(double logSigma) {
        int from = 0;
        int to = logSigmas.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (logSigma - logSigmas[middle] >= 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
