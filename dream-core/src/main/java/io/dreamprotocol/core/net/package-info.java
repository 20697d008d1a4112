/** What the network is to those who fetch from it: which addresses lie where. */
@NullMarked
package io.dreamprotocol.core.net;

import org.jspecify.annotations.NullMarked;
