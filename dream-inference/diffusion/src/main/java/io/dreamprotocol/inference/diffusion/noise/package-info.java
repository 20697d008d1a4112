/** Seeded normal noise whose numbers equal those of the frameworks that Stable Diffusion images are known from. */
@NullMarked
package io.dreamprotocol.inference.diffusion.noise;

import org.jspecify.annotations.NullMarked;
