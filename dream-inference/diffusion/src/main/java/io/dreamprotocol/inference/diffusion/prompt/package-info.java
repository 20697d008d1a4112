/**
 * The prompt language of the AUTOMATIC1111 web UI: weights, {@code BREAK}, {@code AND}, prompt editing and alternation,
 * {@code <lora:name:weight>}, and prompts longer than a text encoder takes at once.
 *
 * <p>{@link io.dreamprotocol.inference.diffusion.prompt.Prompt} says which texts guide which step,
 * {@link io.dreamprotocol.inference.diffusion.prompt.PromptChunk} what a text encoder is given for such a text, and
 * {@link io.dreamprotocol.inference.diffusion.prompt.Emphasis} what the weights do to its answer.
 */
@NullMarked
package io.dreamprotocol.inference.diffusion.prompt;

import org.jspecify.annotations.NullMarked;
