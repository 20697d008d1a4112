/**
 * Looks at finished pictures for what a model's safety checker was trained to find, and does with them what the policy says.
 */
@NullMarked
package io.dreamprotocol.inference.diffusion.safety;

import org.jspecify.annotations.NullMarked;
