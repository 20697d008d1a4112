/** Trajectories: the latents of every step of a generation, and what commits to them without showing them. */
@NullMarked
package io.dreamprotocol.core.trajectory;

import org.jspecify.annotations.NullMarked;
