/**
 * Schedulers: the noise schedules and numerical solvers that turn a denoising network's predictions into a sample.
 *
 * <p>A {@link io.dreamprotocol.inference.diffusion.scheduler.Scheduler} is an immutable description read from a
 * model's {@code scheduler_config.json}; each image is made by a
 * {@link io.dreamprotocol.inference.diffusion.scheduler.DenoisingRun} of its own.
 */
@NullMarked
package io.dreamprotocol.inference.diffusion.scheduler;

import org.jspecify.annotations.NullMarked;
