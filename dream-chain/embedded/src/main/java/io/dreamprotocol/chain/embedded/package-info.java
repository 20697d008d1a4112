/** A ledger in an embedded SQLite database: the protocol's rules on one file, shared by any number of processes of one machine. */
@NullMarked
package io.dreamprotocol.chain.embedded;

import org.jspecify.annotations.NullMarked;
