/** The image model contract: a generation request in, progress and an image out; and the image file that carries it. */
@NullMarked
package io.dreamprotocol.core.image;

import org.jspecify.annotations.NullMarked;
