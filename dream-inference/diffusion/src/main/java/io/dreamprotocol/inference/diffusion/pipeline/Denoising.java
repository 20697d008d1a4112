package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import io.dreamprotocol.inference.diffusion.scheduler.DenoisingRun;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One pass from noise to latents: its state, and what one call of the network does to it. */
final class Denoising {
    private final DiffusionRequest request;
    private final DenoisingRun run;
    private final NoiseSource noise;
    private final Prompting prompting;
    private final Beginning beginning;
    private final Controls controls;
    private final DenoisingNetwork.Batch unet;
    private final Optional<Refining> refining;
    private final float[] sample;
    private final float[] scaled;
    private final float[] prediction;
    private @Nullable Conditioning told;
    private @Nullable Conditioning toldRefiner;

    /**
     * The network that takes over.
     *
     * @param batch the network
     * @param below the timestep below which it is called
     */
    record Refining(DenoisingNetwork.Batch batch, double below) {}

    Denoising(
            DiffusionRequest request,
            DenoisingRun run,
            NoiseSource noise,
            Prompting prompting,
            Beginning beginning,
            Controls controls,
            DenoisingNetwork.Batch unet,
            Optional<Refining> refining) {
        this.request = request;
        this.run = run;
        this.noise = noise;
        this.prompting = prompting;
        this.beginning = beginning;
        this.controls = controls;
        this.unet = unet;
        this.refining = refining;
        this.sample = beginning.latents().values();
        this.scaled = new float[sample.length];
        this.prediction = new float[sample.length];
    }

    /** How many calls of the network the pass has. */
    int calls() {
        return run.length() - run.beginIndex();
    }

    /** What the calls work on, in place. */
    Latents latents() {
        return beginning.latents();
    }

    DenoisingRun run() {
        return run;
    }

    /** Calls the network, and does what its prediction says. */
    DenoisingStep call(int call, Cancellation cancellation) {
        int i = run.beginIndex() + call;
        Conditioning now = prompting.at(call, cancellation);
        run.scaleModelInput(sample, i, scaled);
        if (refining.isPresent() && run.timestep(i) < refining.get().below) {
            refine(refining.get().batch, now, run.timestep(i), cancellation);
        } else {
            predict(now, call, run.timestep(i), cancellation);
        }
        run.step(prediction, i, sample, noise, sample);
        beginning.keep(run, i);
        Latents done = beginning.latents().copy();
        boolean last = call + 1 == calls();
        return new DenoisingStep(call + 1, calls(), run.timestep(i), done, () -> last ? done : estimate(i, done));
    }

    private void predict(Conditioning now, int call, double timestep, Cancellation cancellation) {
        if (now != told) {
            told = now;
            controls.tell(now);
            unet.tell(now);
        }
        Map<String, Tensor> residuals = controls.residuals(scaled, timestep, call, calls(), cancellation);
        unet.predict(scaled, timestep, residuals, prediction, cancellation);
    }

    private void refine(DenoisingNetwork.Batch refiner, Conditioning now, double timestep, Cancellation cancellation) {
        if (now != toldRefiner) {
            toldRefiner = now;
            refiner.tell(now.refined().orElseThrow());
        }
        refiner.predict(scaled, timestep, Map.of(), prediction, cancellation);
    }

    private Latents estimate(int index, Latents now) {
        Latents estimate = now.copy();
        boolean known = FinishedEstimate.of(run, index, request.scheduler(), scaled, prediction, estimate.values());
        return known ? estimate : now;
    }
}
