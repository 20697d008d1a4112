/** Style models as the ledger has them: what they are, whose, on which terms, and who is paid when one earns. */
@NullMarked
package io.dreamprotocol.core.style;

import org.jspecify.annotations.NullMarked;
