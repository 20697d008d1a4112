/** What image files of the AUTOMATIC1111 web UI say of how they were made, as requests to make the same images again. */
@NullMarked
package io.dreamprotocol.inference.webui;

import org.jspecify.annotations.NullMarked;
