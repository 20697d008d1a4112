/** The way of a style model's files into the library and out of it again, and what marketplaces show of the model. */
@NullMarked
package io.dreamprotocol.core.library;

import org.jspecify.annotations.NullMarked;
