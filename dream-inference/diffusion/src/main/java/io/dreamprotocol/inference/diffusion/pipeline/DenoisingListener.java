package io.dreamprotocol.inference.diffusion.pipeline;

/** Is told of every call of the denoising network, on the thread that runs the pipeline. */
@FunctionalInterface
public interface DenoisingListener {
    /**
     * Called when a call of the network and the scheduler's update are done. Must return quickly.
     *
     * @param step what was done
     */
    void onStep(DenoisingStep step);
}
