package io.dreamprotocol.inference.diffusion.pipeline;

import java.util.function.Supplier;

/**
 * One call of the denoising network that is done.
 *
 * @param call the number of the call, from 1
 * @param calls how many calls there are in all; more than the steps asked for where the scheduler's method takes some twice
 * @param timestep the timestep at which the network was called
 * @param latents what the latents are now; valid after the call as well
 * @param estimate what the finished latents will be, judging by this call's prediction: the latents less their noise, where the
 *     scheduler's method tells; computed each time it is asked for, which must be before the listener returns
 */
public record DenoisingStep(int call, int calls, double timestep, Latents latents, Supplier<Latents> estimate) {}
