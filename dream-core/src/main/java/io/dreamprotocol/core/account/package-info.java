/** Who acts on a ledger: accounts, the keys that speak for them, and their signatures. */
@NullMarked
package io.dreamprotocol.core.account;

import org.jspecify.annotations.NullMarked;
