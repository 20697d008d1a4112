/** The protocol's two sides, written once against the contracts: the client of requesters and the worker of GPU owners. */
@NullMarked
package io.dreamprotocol.core;

import org.jspecify.annotations.NullMarked;
