/** Style models that only licensed workers can run: their files encrypted, and the key wrapped for each licence. */
@NullMarked
package io.dreamprotocol.core.protection;

import org.jspecify.annotations.NullMarked;
