/** The blob store contract: bytes by their content identifier (CID), as IPFS names them. */
@NullMarked
package io.dreamprotocol.core.storage;

import org.jspecify.annotations.NullMarked;
