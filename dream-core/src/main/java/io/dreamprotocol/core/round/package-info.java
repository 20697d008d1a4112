/** Co-creation: rounds in which many put in money, images and compute for one new style model. */
@NullMarked
package io.dreamprotocol.core.round;

import org.jspecify.annotations.NullMarked;
