/** The conformance kit of ledgers: a backend extends {@link io.dreamprotocol.chain.testkit.LedgerContract} and passes. */
@NullMarked
package io.dreamprotocol.chain.testkit;

import org.jspecify.annotations.NullMarked;
