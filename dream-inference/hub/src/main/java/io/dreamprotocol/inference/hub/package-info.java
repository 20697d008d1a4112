/**
 * Fetches models from a Hugging Face hub: only the files that a pipeline needs, checked against the hub's digests, into a
 * cache that processes share.
 *
 * <p>What a hub sends is believed only where a digest proves it, and never decides where on the disk something is written.
 */
@NullMarked
package io.dreamprotocol.inference.hub;

import org.jspecify.annotations.NullMarked;
