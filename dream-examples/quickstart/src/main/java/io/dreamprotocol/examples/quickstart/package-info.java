/** An application that embeds the SDK: one image in ten lines, and the same with a backend of its own. */
@NullMarked
package io.dreamprotocol.examples.quickstart;

import org.jspecify.annotations.NullMarked;
