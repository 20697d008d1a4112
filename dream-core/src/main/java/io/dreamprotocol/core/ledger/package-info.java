/** The ledger contract: jobs, money and events, and the protocol's rules as pure functions. */
@NullMarked
package io.dreamprotocol.core.ledger;

import org.jspecify.annotations.NullMarked;
