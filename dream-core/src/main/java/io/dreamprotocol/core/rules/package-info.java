/**
 * The protocol's rules, as pure functions: what the ledger has and who acts go in, and what the ledger must do comes out. Every
 * ledger obeys them, or ends in the same state as one that does.
 */
@NullMarked
package io.dreamprotocol.core.rules;

import org.jspecify.annotations.NullMarked;
