/** The one family of errors that every part of the protocol throws, each with a stable code. */
@NullMarked
package io.dreamprotocol.core.error;

import org.jspecify.annotations.NullMarked;
