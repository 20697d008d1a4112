/** Canonical byte encodings: DAG-CBOR, base32, hexadecimal and unsigned varints. */
@NullMarked
package io.dreamprotocol.core.encoding;

import org.jspecify.annotations.NullMarked;
