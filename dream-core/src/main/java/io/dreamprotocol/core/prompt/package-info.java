/** What a prompt's text says besides words, read as the AUTOMATIC1111 web UI does, for whoever must know it without a model. */
@NullMarked
package io.dreamprotocol.core.prompt;

import org.jspecify.annotations.NullMarked;
