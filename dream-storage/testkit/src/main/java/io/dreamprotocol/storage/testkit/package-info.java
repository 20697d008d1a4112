/** The conformance kit of the blob store contract: what every backend's tests inherit. */
@NullMarked
package io.dreamprotocol.storage.testkit;

import org.jspecify.annotations.NullMarked;
