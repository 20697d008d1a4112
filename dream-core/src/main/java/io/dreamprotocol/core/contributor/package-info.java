/** Who contributed images to a style model, and how much: lists of contributions, their Merkle trees, and ways to weigh. */
@NullMarked
package io.dreamprotocol.core.contributor;

import org.jspecify.annotations.NullMarked;
