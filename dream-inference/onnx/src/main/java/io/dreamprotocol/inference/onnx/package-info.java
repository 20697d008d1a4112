/**
 * Runs the networks of diffusion models on ONNX Runtime, found through DJL.
 *
 * <p>{@link io.dreamprotocol.inference.onnx.OnnxRuntime} is the engine behind {@code dream-inference-diffusion}'s seam;
 * types of DJL and of ONNX Runtime do not leave this package.
 */
@NullMarked
package io.dreamprotocol.inference.onnx;

import org.jspecify.annotations.NullMarked;
