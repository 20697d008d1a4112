/** Merkle trees: one root that commits to a list, and short proofs that an entry is in it. */
@NullMarked
package io.dreamprotocol.core.merkle;

import org.jspecify.annotations.NullMarked;
