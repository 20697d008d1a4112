/**
 * Model folders in the Hugging Face ONNX layout: which files there are, and what their configuration says.
 *
 * <p>Every number that a pipeline needs comes from here; nothing is assumed about sizes, channels or scaling factors.
 */
@NullMarked
package io.dreamprotocol.inference.diffusion.model;

import org.jspecify.annotations.NullMarked;
