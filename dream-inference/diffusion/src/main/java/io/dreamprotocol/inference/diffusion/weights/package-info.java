/**
 * Files of weights: a strict reader of safetensors, and the hashes by which other programs name such files.
 *
 * <p>Whatever a file holds, nothing in it is ever executed: pickled files are refused.
 */
@NullMarked
package io.dreamprotocol.inference.diffusion.weights;

import org.jspecify.annotations.NullMarked;
