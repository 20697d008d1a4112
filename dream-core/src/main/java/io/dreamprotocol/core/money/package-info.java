/** Money and what it is paid for: amounts, balances, and work that a price is put on. */
@NullMarked
package io.dreamprotocol.core.money;

import org.jspecify.annotations.NullMarked;
