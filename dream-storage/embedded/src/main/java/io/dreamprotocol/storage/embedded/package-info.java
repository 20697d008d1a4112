/** The embedded blob store: blocks as files in a folder, each under its IPFS CID. */
@NullMarked
package io.dreamprotocol.storage.embedded;

import org.jspecify.annotations.NullMarked;
