/** Image files as people have them: decoding them, and the text in them that says how they were made, as the AUTOMATIC1111 web UI writes it. */
@NullMarked
package io.dreamprotocol.inference.webui;

import org.jspecify.annotations.NullMarked;
