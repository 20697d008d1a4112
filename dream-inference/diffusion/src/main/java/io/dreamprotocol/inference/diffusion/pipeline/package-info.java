/**
 * Pipelines: from a prompt to a picture, by way of text embeddings, a denoising loop over latents, and a decoder.
 *
 * <p>{@link io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionPipeline} has the loop; {@link
 * io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionModel} holds the loaded networks that it calls.
 */
@NullMarked
package io.dreamprotocol.inference.diffusion.pipeline;

import org.jspecify.annotations.NullMarked;
