package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.inference.diffusion.scheduler.DenoisingRun;

/** Is told what each call of the denoising network begins with, and at last what all of them led to. */
@FunctionalInterface
interface LatentRecorder {
    /** Records nothing. */
    LatentRecorder NONE = (call, latents, run) -> {};

    /**
     * Called before the first call of a pass and after each one. Must return quickly.
     *
     * @param call how many calls are done
     * @param latents what they led to; changed by the next call
     * @param run the scheduler's run, which knows what it remembers
     */
    void record(int call, Latents latents, DenoisingRun run);
}
