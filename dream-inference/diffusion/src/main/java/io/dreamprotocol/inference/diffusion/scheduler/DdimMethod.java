package io.dreamprotocol.inference.diffusion.scheduler;

/** Denoising diffusion implicit models, <a href="https://arxiv.org/abs/2010.02502">2010.02502</a>. */
final class DdimMethod implements SchedulingMethod {

    DdimMethod(SchedulerConfig config) {
        config.flag("clip_sample", true);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        throw new UnsupportedOperationException();
    }
}
