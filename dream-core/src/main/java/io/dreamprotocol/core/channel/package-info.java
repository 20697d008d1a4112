/** Many small payments with few ledger writes: channels with cumulative vouchers, and epochs settled as a Merkle root. */
@NullMarked
package io.dreamprotocol.core.channel;

import org.jspecify.annotations.NullMarked;
