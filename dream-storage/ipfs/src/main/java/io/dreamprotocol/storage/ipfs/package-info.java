/** Blobs in IPFS: a Kubo node as a blob store, and gateways as sources whose every block is checked. */
@NullMarked
package io.dreamprotocol.storage.ipfs;

import org.jspecify.annotations.NullMarked;
