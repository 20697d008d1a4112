/** Receipts: signed statements of how an image was made, which anyone checks offline. */
@NullMarked
package io.dreamprotocol.core.receipt;

import org.jspecify.annotations.NullMarked;
