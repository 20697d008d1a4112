/** The {@code dream} command: generates images through a ledger and a store, and shows, checks and finishes what they hold. */
@NullMarked
package io.dreamprotocol.examples.cli;

import org.jspecify.annotations.NullMarked;
