/**
 * What payers and payees keep off the ledger so that many small payments become few writes: vouchers, and the lines of epochs.
 */
@NullMarked
package io.dreamprotocol.core.payment;

import org.jspecify.annotations.NullMarked;
