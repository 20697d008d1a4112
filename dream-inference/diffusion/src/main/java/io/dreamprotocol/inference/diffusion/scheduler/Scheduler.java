package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;

/**
 * A noise schedule and the numerical method that walks it: what turns a network's predictions into a sample.
 *
 * <p>A scheduler is immutable and may be shared between threads; each image or batch has a {@link DenoisingRun} of its
 * own. The methods and their sources:
 *
 * <ul>
 *   <li>DDPM: <a href="https://arxiv.org/abs/2006.11239">2006.11239</a>; DDIM: <a
 *       href="https://arxiv.org/abs/2010.02502">2010.02502</a>; zero terminal SNR: <a
 *       href="https://arxiv.org/abs/2305.08891">2305.08891</a>
 *   <li>Euler, Euler ancestral, Heun, LMS, KDPM2 and Karras sigmas: <a
 *       href="https://arxiv.org/abs/2206.00364">2206.00364</a> and the k-diffusion library
 *   <li>DPM-Solver: <a href="https://arxiv.org/abs/2206.00927">2206.00927</a>, DPM-Solver++: <a
 *       href="https://arxiv.org/abs/2211.01095">2211.01095</a>
 *   <li>PNDM: <a href="https://arxiv.org/abs/2202.09778">2202.09778</a>; DEIS: <a
 *       href="https://arxiv.org/abs/2204.13902">2204.13902</a>; UniPC: <a
 *       href="https://arxiv.org/abs/2302.04867">2302.04867</a>
 *   <li>Restart: <a href="https://arxiv.org/abs/2306.14878">2306.14878</a>
 *   <li>LCM: <a href="https://arxiv.org/abs/2310.04378">2310.04378</a>; TCD: <a
 *       href="https://arxiv.org/abs/2402.19159">2402.19159</a>
 *   <li>Flow matching: <a href="https://arxiv.org/abs/2210.02747">2210.02747</a> and <a
 *       href="https://arxiv.org/abs/2403.03206">2403.03206</a>
 * </ul>
 */
public final class Scheduler {

    private final SchedulerConfig config;
    private final SchedulingMethod method;

    private Scheduler(SchedulerConfig config, SchedulingMethod method) {
        this.config = config;
        this.method = method;
    }

    /**
     * Returns the scheduler of a configuration.
     *
     * @param config a model's scheduler configuration
     * @return the scheduler
     * @throws NotFoundException with {@link ErrorCode#UNKNOWN_SCHEDULER} if there is no such class here
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION} if an option's value is wrong
     */
    public static Scheduler of(SchedulerConfig config) {
        return new Scheduler(config, SchedulingMethod.of(config));
    }

    /**
     * Returns the configuration that this scheduler was made from.
     *
     * @return the configuration
     */
    public SchedulerConfig config() {
        return config;
    }

    /**
     * Starts a full run from pure noise.
     *
     * @param steps the number of steps, 1 to {@value RunOptions#MAX_STEPS}
     * @return a new run
     * @throws InvalidInputException with {@link ErrorCode#INVALID_STEPS} if the number is out of range, larger than the
     *     number of training timesteps, or too small for the method
     */
    public DenoisingRun start(int steps) {
        return start(RunOptions.steps(steps));
    }

    /**
     * Starts a run.
     *
     * @param options the number of steps and what else this run asks for
     * @return a new run
     * @throws InvalidInputException with {@link ErrorCode#INVALID_STEPS} if the number of steps does not suit the method,
     *     or with {@link ErrorCode#INVALID_REQUEST} if another option does not
     */
    public DenoisingRun start(RunOptions options) {
        if (options.sigmas() != null && !(method instanceof FlowMatchEulerMethod)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "The scheduler " + config.className() + " takes no sigmas; leave them out.");
        }
        return method.start(options);
    }

    @Override
    public String toString() {
        return "Scheduler[" + config + "]";
    }
}
