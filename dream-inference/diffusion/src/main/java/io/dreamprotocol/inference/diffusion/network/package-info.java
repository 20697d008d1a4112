/**
 * The seam between the pipelines and the engine that runs their networks: tensors in by name, tensors out by name.
 *
 * <p>Nothing here knows how a network is stored or computed. An engine implements {@link
 * io.dreamprotocol.inference.diffusion.network.NetworkRuntime}, and the pipelines ask it to load the parts of a model.
 */
@NullMarked
package io.dreamprotocol.inference.diffusion.network;

import org.jspecify.annotations.NullMarked;
